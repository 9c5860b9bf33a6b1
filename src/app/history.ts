// A curve of bounded length over any number of iterations: each point is the mean of as many as needed.

/**
 * Columns of numbers over steps. When `capacity` points are full, neighbours are averaged and each later point stands
 * for twice as many iterations, so that an hour of training costs as much to draw as a minute.
 */
export class History<Name extends string> {
  readonly #names: readonly Name[];
  readonly #capacity: number;
  readonly #steps: number[] = [];
  readonly #columns: Record<Name, number[]>;
  readonly #sums: Record<Name, number>;
  #stride = 1;
  #pending = 0;

  /** @param capacity most points of a curve; even. */
  constructor(names: readonly Name[], capacity: number) {
    this.#names = names;
    this.#capacity = capacity;
    this.#columns = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
    this.#sums = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  }

  /** Iterations in each point. */
  get stride(): number {
    return this.#stride;
  }

  get steps(): readonly number[] {
    return this.#steps;
  }

  column(name: Name): readonly number[] {
    return this.#columns[name];
  }

  /** Appends one iteration. A point appears once `stride` of them came, at the last one's step. */
  add(step: number, values: Readonly<Record<Name, number>>): void {
    for (const name of this.#names) this.#sums[name] += values[name];
    this.#pending++;
    if (this.#pending < this.#stride) return;
    this.#steps.push(step);
    for (const name of this.#names) {
      this.#columns[name].push(this.#sums[name] / this.#pending);
      this.#sums[name] = 0;
    }
    this.#pending = 0;
    if (this.#steps.length >= this.#capacity) this.#halve();
  }

  clear(): void {
    this.#steps.length = 0;
    for (const name of this.#names) {
      this.#columns[name].length = 0;
      this.#sums[name] = 0;
    }
    this.#stride = 1;
    this.#pending = 0;
  }

  #halve(): void {
    const half = this.#steps.length / 2;
    for (let i = 0; i < half; i++) {
      this.#steps[i] = this.#steps[2 * i + 1]!;
      for (const name of this.#names) {
        const column = this.#columns[name];
        column[i] = (column[2 * i]! + column[2 * i + 1]!) / 2;
      }
    }
    this.#steps.length = half;
    for (const name of this.#names) this.#columns[name].length = half;
    this.#stride *= 2;
  }
}
