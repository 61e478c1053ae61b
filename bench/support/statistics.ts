/** The value below which the fraction `at` of the values lies, by the nearest rank. */
export function quantile(values: readonly number[], at: number): number {
  if (values.length === 0) throw new Error('There is no quantile of no values.');
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(at * sorted.length) - 1)]!;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
