// A frozen list of dispatches: pipelines, bind groups and grids decided once, then only replayed.

import type { UniformBinding } from '../wgsl/kernel';
import { writeUniform } from '../wgsl/uniform';
import type { Device } from './device';
import type { Memory } from './memory';
import type { Pipeline } from './pipelines';
import { type Alternative, isSlot, type UniformValues, type Work } from './work';

const UNIFORM_ALIGNMENT = 256;

interface Dispatch {
  readonly shared: Pipeline;
  readonly bindGroup: GPUBindGroup;
  readonly work: Work;
}

/** What stands for one work of the list: its own dispatch, or those of the alternative that has taken its place. */
interface Step {
  readonly work: Work;
  dispatches: readonly Dispatch[];
  label: string;
}

export class Plan {
  readonly label: string;
  readonly #device: Device;
  readonly #memory: Memory;
  readonly #steps: Step[] = [];
  readonly #uniforms: GPUBuffer[] = [];
  #destroyed = false;
  #settled: Promise<void> = Promise.resolve();

  private constructor(device: Device, memory: Memory, label: string) {
    this.#device = device;
    this.#memory = memory;
    this.label = label;
  }

  /**
   * Compiles what is not compiled yet and binds every slot's region. All slots must have memory, `scratch` of alternatives too. Works with
   * alternatives run plain at once, and as what is quickest here when that is chosen and compiled; a strategy that is forced is waited
   * for.
   */
  static async create(device: Device, memory: Memory, label: string, list: readonly Work[]): Promise<Plan> {
    const plan = new Plan(device, memory, label);
    const { strategies } = device;
    const forced = list.map((item) => (strategies.isForced ? strategies.known(item) : undefined));
    await plan.#fill(list, (item, i) => alternativeOf(forced[i])?.work() ?? [item]);
    plan.#steps.forEach((step, i) => {
      step.label = alternativeOf(forced[i])?.label ?? 'plain';
    });
    if (!strategies.isForced) plan.#settled = plan.#quicken();
    return plan;
  }

  /** As `create`, for good: every work runs as it is. */
  static async fixed(device: Device, memory: Memory, label: string, list: readonly Work[]): Promise<Plan> {
    const plan = new Plan(device, memory, label);
    await plan.#fill(list, (item) => [item]);
    return plan;
  }

  get work(): readonly Work[] {
    return this.#steps.map(({ work }) => work);
  }

  /** Resolves when no work waits for a quicker alternative any more. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** How the works that have alternatives run now: labels, with how many run so. */
  get strategies(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { work, label } of this.#steps)
      if (work.alternatives) counts.set(label, (counts.get(label) ?? 0) + 1);
    return counts;
  }

  encode(pass: GPUComputePassEncoder): void {
    // Setting the same pipeline again is not free everywhere; neighbours often share one.
    let current: GPUComputePipeline | undefined;
    for (const { dispatches } of this.#steps) {
      for (const { shared, bindGroup, work } of dispatches) {
        const { pipeline } = shared;
        if (pipeline !== current) pass.setPipeline(pipeline);
        current = pipeline;
        pass.setBindGroup(0, bindGroup);
        pass.dispatchWorkgroups(work.grid[0], work.grid[1], work.grid[2]);
      }
    }
  }

  destroy(): void {
    this.#destroyed = true;
    for (const buffer of this.#uniforms) buffer.destroy();
  }

  async #fill(list: readonly Work[], worksOf: (item: Work, i: number) => readonly Work[]): Promise<void> {
    const works = list.map(worksOf);
    const dispatches = await this.#freeze(works.flat());
    let at = 0;
    list.forEach((work, i) => {
      const count = works[i]!.length;
      this.#steps.push({ work, dispatches: dispatches.slice(at, at + count), label: 'plain' });
      at += count;
    });
  }

  /** Puts quicker alternatives in the place of plain works, one after the other, each when it is chosen and compiled. */
  async #quicken(): Promise<void> {
    // The largest first: they gain most.
    for (const step of this.#steps.toSorted((a, b) => b.work.flops - a.work.flops)) {
      if (!step.work.alternatives) continue;
      const chosen = alternativeOf(await this.#device.strategies.choose(step.work));
      if (this.#destroyed) return;
      if (!chosen) continue;
      try {
        const dispatches = await this.#freeze(chosen.work(), 'later');
        if (this.#destroyed) return;
        step.dispatches = dispatches;
        step.label = chosen.label;
      } catch {
        // The plain one goes on, and it is said.
        step.label = `plain, as ${chosen.label} does not compile`;
      }
    }
  }

  async #freeze(list: readonly Work[], when: 'now' | 'later' = 'now'): Promise<Dispatch[]> {
    const device = this.#device;
    const { pipelines: cache } = device;
    const pipelines = await Promise.all(
      list.map(({ kernel }) =>
        when === 'now' ? cache.get(kernel) : cache.getLater(kernel, () => !this.#destroyed),
      ),
    );
    if (this.#destroyed) return [];
    const uniforms = writeUniforms(device.gpu, this.label, list);
    if (uniforms) this.#uniforms.push(uniforms.buffer);
    return list.map((item, i): Dispatch => {
      const shared = pipelines[i]!;
      const entries = Object.entries(item.kernel.bindings).map(([name, { binding }]): GPUBindGroupEntry => {
        const bound = item.bindings[name];
        if (bound === undefined) throw new Error(`${item.kernel.label}: nothing is bound to "${name}".`);
        if (isSlot(bound)) return { binding, resource: this.#memory.region(bound) };
        return {
          binding,
          resource: { buffer: uniforms!.buffer, offset: uniforms!.offsets[i]!, size: uniforms!.sizes[i]! },
        };
      });
      const bindGroup = device.gpu.createBindGroup({
        label: `${this.label}: ${item.kernel.label}`,
        layout: shared.layout,
        entries,
      });
      return { shared, bindGroup, work: item };
    });
  }
}

const alternativeOf = (choice: Alternative | 'plain' | undefined): Alternative | undefined =>
  typeof choice === 'object' ? choice : undefined;

function writeUniforms(device: GPUDevice, label: string, list: readonly Work[]) {
  const offsets: number[] = [];
  const sizes: number[] = [];
  let end = 0;
  const uniformOf = (item: Work) =>
    Object.entries(item.kernel.bindings).find(([, binding]) => binding.kind === 'uniform');
  for (const item of list) {
    const size = (uniformOf(item)?.[1] as UniformBinding | undefined)?.size ?? 0;
    offsets.push(end);
    sizes.push(size);
    end += Math.ceil(size / UNIFORM_ALIGNMENT) * UNIFORM_ALIGNMENT;
  }
  if (end === 0) return undefined;
  const buffer = device.createBuffer({
    label: `${label}: uniforms`,
    size: end,
    usage: GPUBufferUsage.UNIFORM,
    mappedAtCreation: true,
  });
  const view = new DataView(buffer.getMappedRange());
  list.forEach((item, i) => {
    const uniform = uniformOf(item);
    if (uniform)
      writeUniform(
        view,
        offsets[i]!,
        uniform[1] as UniformBinding,
        item.bindings[uniform[0]] as UniformValues,
        item.kernel.label,
      );
  });
  buffer.unmap();
  return { buffer, offsets, sizes };
}
