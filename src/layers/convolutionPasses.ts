// The passes of a layer that is a convolution and no more: conv2d, and dense, which is one of a single pixel.

import type { Layer } from './layer';
import { type Convolution, convolutionWeightGrad, convolve, convolveBack } from './product';

/** Forward, backward and tangent, with parameters `weight` and, where there is one, `bias`. */
export function convolutionPasses(
  convolution: Convolution,
): Pick<Layer, 'takesEndings' | 'forward' | 'backward' | 'tangent'> {
  return {
    takesEndings: true,
    forward: ({ batch, input, output, parameters: { weight, bias }, into }) => [
      convolve(convolution, batch, { left: input, weight: weight!, bias, result: output, into }),
    ],
    backward: ({ batch, input, parameters, outputGrad, inputGrad, parameterGrads, through }) => [
      ...(parameterGrads
        ? [
            convolutionWeightGrad(convolution, batch, {
              input,
              outputGrad,
              weightGrad: parameterGrads.weight!,
              biasGrad: parameterGrads.bias,
            }),
          ]
        : []),
      ...(inputGrad
        ? convolveBack(convolution, batch, {
            left: outputGrad,
            weight: parameters.weight!,
            result: inputGrad,
            through,
          })
        : []),
    ],
    tangent: ({ batch, inputTangent, outputTangent, parameters: { weight }, through }) => [
      convolve(convolution, batch, { left: inputTangent, weight: weight!, result: outputTangent, through }),
    ],
  };
}
