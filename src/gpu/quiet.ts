// Time on the GPU without the training that else keeps its queue full: what is measured then waits for nothing but itself.

export class Quiet {
  #end: Promise<void> | undefined;

  /** Resolves when it is over; undefined where nothing is being measured. Who fills the queue submits nothing until then. */
  get end(): Promise<void> | undefined {
    return this.#end;
  }

  /** Does something in it. One at a time: another waits for the one before. */
  async during<Result>(measure: () => Promise<Result>): Promise<Result> {
    while (this.#end) await this.#end;
    const measured = measure();
    const end = measured.then(
      () => {},
      () => {},
    );
    this.#end = end.then(() => {
      this.#end = undefined;
    });
    return measured;
  }
}
