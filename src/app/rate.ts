// Steps per second over the last seconds.

const WINDOW = 2000;

export class RateMeter {
  #marks: { readonly step: number; readonly time: number }[] = [];

  start(step: number, time: number): void {
    this.#marks = [{ step, time }];
  }

  /** The rate up to this step, over about the last two seconds; unknown until some time has passed. Times in ms. */
  at(step: number, time: number): number | undefined {
    this.#marks.push({ step, time });
    while (this.#marks.length > 2 && time - this.#marks[1]!.time >= WINDOW) this.#marks.shift();
    const from = this.#marks[0]!;
    return time > from.time ? ((step - from.step) * 1000) / (time - from.time) : undefined;
  }
}
