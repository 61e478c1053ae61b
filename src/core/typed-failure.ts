/**
 * A failure that is discriminated by its type, with the details of that type: the content of an ApplicationFailure. `Details` maps types to details.
 */
export type TypedFailure<Details> = {
  [T in keyof Details & string]: { type: T; message: string; details: Details[T] };
}[keyof Details & string];
