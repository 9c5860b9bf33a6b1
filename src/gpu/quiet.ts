// Time in which training submits nothing, so that what is measured waits for nothing but itself.

export class Quiet {
  #end: Promise<void> | undefined;

  /** Resolves when it is over; undefined where nothing is being measured. Who keeps the queue full submits nothing until then. */
  get end(): Promise<void> | undefined {
    return this.#end;
  }

  /** Does something in it. Not two at once: `Strategies` measures one product after the other. */
  during<Result>(measure: () => Promise<Result>): Promise<Result> {
    const measured = measure();
    const over = () => {
      this.#end = undefined;
    };
    this.#end = measured.then(over, over);
    return measured;
  }
}
