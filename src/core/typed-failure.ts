/** A failure, told apart by its type, with the details of that type: what an ApplicationFailure is made of. `Details` maps types to details. */
export type TypedFailure<Details> = {
  [T in keyof Details & string]: { type: T; message: string; details: Details[T] };
}[keyof Details & string];
