/** Long work in short steps, so that other work can run in between. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Number of items per step. */
const STEP = 1_000;

export function* mapped<T, R>(items: readonly T[], map: (item: T, index: number) => R): Steps<R[]> {
  const all: R[] = [];
  for (const [index, item] of items.entries()) {
    if (index % STEP === STEP - 1) yield undefined;
    all.push(map(item, index));
  }
  return all;
}

/** Runs all steps without a pause. */
export function drained<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
