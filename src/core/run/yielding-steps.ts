/** Long work in short steps, between which other work may run. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Items of a step. */
const STEP = 1_000;

export function* mapped<T, R>(items: readonly T[], map: (item: T, index: number) => R): Steps<R[]> {
  const all: R[] = [];
  for (const [index, item] of items.entries()) {
    if (index % STEP === STEP - 1) yield undefined;
    all.push(map(item, index));
  }
  return all;
}

/** Runs the work to its end without a break. */
export function drained<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
