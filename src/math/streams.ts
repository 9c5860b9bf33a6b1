// Who draws what: every purpose has a stream of random numbers of its own, so that none shifts another's.

/** Stream numbers. They are part of what a seed means: never renumber, only add. */
export const STREAMS = {
  data: 1,
  discriminatorNoise: 2,
  generatorNoise: 3,
  initialWeights: 4,
  evaluationNoise: 5,
  evaluationData: 6,
  sampleNoise: 7,
  sampleData: 8,
  // Of layers that draw while training, by the pass: G's and D's in an update of D, then in one of G.
  discriminatorUpdateGenerator: 9,
  discriminatorUpdateReal: 10,
  generatorUpdateGenerator: 12,
  generatorUpdateDiscriminator: 13,
  scorePatches: 16,
  scoreDirections: 17,
  classifierHeldOut: 18,
  classifierData: 19,
  classifierShift: 20,
  // Where between a real and a generated sample a penalty looks, and what layers draw in its pass.
  penaltyPoints: 21,
  penalty: 22,
  // Real samples that a loss of pairs takes in an update of G, and what layers draw when D judges them.
  generatorData: 23,
  generatorUpdateReal: 24,
  // Classes that generated samples of a conditional run are asked for.
  discriminatorLabels: 30,
  generatorLabels: 31,
  evaluationLabels: 32,
  sampleLabels: 33,
  // What D sees of images: in an update of D, and in one of G, with the real ones of a loss of pairs apart.
  augmentation: 40,
  generatorAugmentation: 42,
  generatorAugmentationReal: 43,
} as const;

export type StreamName = keyof typeof STREAMS;
