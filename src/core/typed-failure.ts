/** A failure that ends a wait: what an ApplicationFailure is made of. */
export interface WaitFailure {
  type: string;
  message: string;
  details: unknown;
}
