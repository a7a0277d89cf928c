// Ways a command line can fail, told apart by who has to act. It knows nothing about printing or exit codes.

/** The user asked for something that cannot be done as asked; the message says what to do instead. */
export class UsageError extends Error {
  readonly kind = 'usage';
}

/** The world refused (a file, a namespace, a program); the message says what and what to do next. */
export class OperationError extends Error {
  readonly kind = 'operation';
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
