// What all activations share: elementwise kernels, one number as an option at most, a shape that stays.

import * as v from 'valibot';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import type { Kernel } from '../wgsl/kernel';
import { defineLayer, type LayerPlugin, type LayerSchema } from './layer';

type Settings = { count: 'u32'; parameter: 'f32' };

/** The entry points of `shaders/lib/activation.wgsl` as an activation's own file instantiates them. */
export interface ActivationKernels {
  readonly activationForward: Kernel<{ input: 'read'; output: 'readWrite'; settings: Settings }>;
  readonly activationBackward: Kernel<{
    input: 'read';
    outputGrad: 'read';
    inputGrad: 'readWrite';
    settings: Settings;
  }>;
  readonly activationTangent: Kernel<{
    input: 'read';
    inputTangent: 'read';
    outputTangent: 'readWrite';
    settings: Settings;
  }>;
  readonly activationCurvature: Kernel<{
    input: 'read';
    outputGrad: 'read';
    inputGrad: 'readWrite';
    inputTangent: 'read';
    settings: Settings;
  }>;
}

interface ActivationDefinition {
  readonly type: string;
  readonly summary: string;
  readonly formula: string;
  readonly kernels: ActivationKernels;
  /** The one option that some activations have: its name in a configuration, PyTorch's default, and what it is. */
  readonly parameter?: { readonly name: string; readonly default: number; readonly description: string };
  /** f(x) in float64. */
  readonly f: (x: number, parameter: number) => number;
  /** True where f″ is 0 wherever it is defined. */
  readonly piecewiseLinear?: boolean;
  /** Whether f′(f(x)) is f′(x), see `ProductEnding`; never where absent. */
  readonly fromOutput?: (parameter: number) => boolean;
}

export function defineActivation({
  type,
  summary,
  formula,
  kernels,
  parameter,
  f,
  piecewiseLinear = false,
  fromOutput = () => false,
}: ActivationDefinition): LayerPlugin<LayerSchema> {
  const option = parameter
    ? {
        [parameter.name]: v.optional(
          v.pipe(v.number(), v.finite(), v.description(parameter.description)),
          parameter.default,
        ),
      }
    : {};
  const valueIn = (config: Record<string, number>): number => (parameter ? config[parameter.name]! : 0);
  const perVec4 = (slot: Slot) => Math.ceil(slot.length / 4);
  return defineLayer({
    type,
    summary,
    formula,
    schema: v.strictObject({ type: v.literal(type), ...option }) as LayerSchema,
    create: (config) => {
      const isFromOutput = fromOutput(valueIn(config));
      const bind = (input: Slot) => ({
        input,
        settings: { count: perVec4(input), parameter: valueIn(config) },
      });
      const grid = (kernel: Pick<Kernel, 'workgroupSize'>, input: Slot) => linearGrid(perVec4(input), kernel);
      const { activationForward, activationBackward, activationTangent, activationCurvature } = kernels;
      return {
        outputShape: (input) => input,
        parameters: () => [],
        ending: {
          functions: kernels.activationForward as unknown as Kernel<never>,
          parameter: valueIn(config),
          fromOutput: isFromOutput,
        },
        forward: ({ input, output }): Work[] => [
          work(activationForward, { ...bind(input), output }, grid(activationForward, input), input.length),
        ],
        backward: ({ input, output, outputGrad, inputGrad }): Work[] =>
          inputGrad
            ? [
                work(
                  activationBackward,
                  { ...bind(isFromOutput ? output : input), outputGrad, inputGrad },
                  grid(activationBackward, input),
                  2 * input.length,
                ),
              ]
            : [],
        tangent: ({ input, output, inputTangent, outputTangent }): Work[] => [
          work(
            activationTangent,
            { ...bind(isFromOutput ? output : input), inputTangent, outputTangent },
            grid(activationTangent, input),
            2 * input.length,
          ),
        ],
        ...(!piecewiseLinear && {
          curvature: ({ input, outputGrad, inputTangent, inputGrad }): Work[] =>
            inputGrad
              ? [
                  work(
                    activationCurvature,
                    { ...bind(input), outputGrad, inputTangent, inputGrad },
                    grid(activationCurvature, input),
                    3 * input.length,
                  ),
                ]
              : [],
        }),
      };
    },
    reference: (config, input) => input.map((x) => f(x, valueIn(config))),
    specimens: [
      { config: { type, ...(parameter && { [parameter.name]: 0.3 }) }, input: [7], batch: 5 },
      { config: { type }, input: [3, 5, 1], batch: 67 },
    ],
  });
}
