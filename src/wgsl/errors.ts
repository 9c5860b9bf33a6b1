// Errors in shader text: where they are and what is wrong.

/** An error in one text; `line` counts from 1 in the text that was given, includes already in place. */
export class TextError extends Error {
  override readonly name = 'TextError';
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** An error in a shader file. The message begins with `file:line:`. */
export class ShaderError extends Error {
  override readonly name = 'ShaderError';
  readonly file: string;
  readonly line: number;

  constructor(message: string, file: string, line: number) {
    super(`${file}:${line}: ${message}`);
    this.file = file;
    this.line = line;
  }
}
