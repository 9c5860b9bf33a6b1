// What a dispatch costs that does nothing, and a submit, and a readback that is waited for: the floor under every step.

import type { Wait } from './contestant';
import { median } from './statistics';

/** All in microseconds. */
export interface Overhead {
  /** One more dispatch of one workgroup in a pass, its bind group prepared. */
  readonly dispatch: number;
  /** One more submit of one such dispatch. */
  readonly submit: number;
  /** Copying four bytes back and awaiting them. */
  readonly readback: number;
}

const DISPATCHES = 2_000;
const SUBMITS = 200;
const READBACKS = 50;
const ROUNDS = 5;

const CODE = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> counter: array<u32>;
@compute @workgroup_size(1) fn count() { counter[0] += 1u; }
`;

export async function measureOverhead(gpu: GPU, wait: Wait): Promise<Overhead> {
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('There is no WebGPU adapter to measure.');
  const device = await adapter.requestDevice({ label: 'bench: overhead' });
  const pipeline = await device.createComputePipelineAsync({
    label: 'bench: count',
    layout: 'auto',
    compute: { module: device.createShaderModule({ label: 'bench: count', code: CODE }) },
  });
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const counter = device.createBuffer({ label: 'bench: counter', size: 16, usage: STORAGE | COPY_SRC });
  const staging = device.createBuffer({ label: 'bench: staging', size: 16, usage: MAP_READ | COPY_DST });
  const bindGroup = device.createBindGroup({
    label: 'bench: count',
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: counter } }],
  });
  const submit = (dispatches: number) => {
    const encoder = device.createCommandEncoder({ label: 'bench: overhead' });
    const pass = encoder.beginComputePass({ label: 'bench: overhead' });
    pass.setPipeline(pipeline);
    for (let index = 0; index < dispatches; index++) {
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(1);
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
  };
  const readBack = async () => {
    const encoder = device.createCommandEncoder({ label: 'bench: readback' });
    encoder.copyBufferToBuffer(counter, 0, staging, 0, 4);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    staging.unmap();
  };
  /** Median microseconds an action, over rounds; the first round is a warm-up. */
  const time = async (actions: number, act: () => Promise<unknown>) => {
    const rounds: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const start = performance.now();
      await act();
      if (round > 0) rounds.push((1000 * (performance.now() - start)) / actions);
    }
    return median(rounds);
  };
  const done = () => wait(device.queue.onSubmittedWorkDone());
  const dispatch = await time(DISPATCHES, async () => {
    submit(DISPATCHES);
    await done();
  });
  const submission = await time(SUBMITS, async () => {
    for (let index = 0; index < SUBMITS; index++) submit(1);
    await done();
  });
  // Not napping here: how soon the answer is there is the question.
  const readback = await time(READBACKS, async () => {
    for (let index = 0; index < READBACKS; index++) await readBack();
  });
  device.destroy();
  return { dispatch, submit: submission, readback };
}
