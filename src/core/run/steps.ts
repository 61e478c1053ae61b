/** Long work in short steps: between them, others may have a turn. */
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

/** What the work comes to, without a turn for others. */
export function drained<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
