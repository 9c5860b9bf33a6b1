// What is aimed at, beside which the report puts what was measured. Of software adapters alone: of others nothing is known.

/** How many times as fast as a contestant webgan should be, by adapter, problem and contestant. */
const RATIOS: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>> = {
  lavapipe: {
    'ring-mlp': { 'tfjs-webgpu': 30, 'pytorch-2': 1 },
    'mnist-mlp': { 'tfjs-webgpu': 10, 'jax-webgpu': 8, 'jax-wasm': 2, 'pytorch-2': 0.5 },
    dcgan28: { 'tfjs-webgpu': 20, 'pytorch-2': 0.5 },
  },
  swiftshader: {
    'ring-mlp': { 'tfjs-webgpu': 30 },
    'mnist-mlp': { 'tfjs-webgpu': 20, 'jax-webgpu': 6, 'jax-wasm': 0.7 },
    dcgan28: { 'tfjs-webgpu': 25 },
  },
};

/** Share of the multiply-add peak that products should reach, by adapter: the square one, and convolutions. */
const SHARES: Readonly<Record<string, { readonly square: number; readonly convolution: number }>> = {
  lavapipe: { square: 0.25, convolution: 0.25 },
  swiftshader: { square: 0.22, convolution: 0.2 },
};

export const wantedRatio = (adapter: string, problem: string, contestant: string): number | undefined =>
  RATIOS[adapter]?.[problem]?.[contestant];

/** Of a product by its key in `products.ts`. */
export function wantedShare(adapter: string, product: string): number | undefined {
  const shares = SHARES[adapter];
  return product.startsWith('convolution') ? shares?.convolution : shares?.square;
}

/** `≥ 10 ×` and whether it was reached; empty where nothing is wanted. */
export function verdict(wanted: number | undefined, measured: number, unit: '×' | '%'): string {
  if (wanted === undefined) return '';
  const text = unit === '%' ? `${Math.round(100 * wanted)} %` : `${wanted} ×`;
  return `≥ ${text}, ${measured >= wanted ? 'reached' : 'missed'}`;
}
