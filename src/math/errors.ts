// What a user can mend: shown as one sentence, without a stack.

/** Bad input. The message is one sentence that names the field or file and what would do. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
