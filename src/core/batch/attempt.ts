/** Workflow id of the run of a job. @param attempt From 2 if a job that was stopped is started again */
export function keyOfAttempt(key: string, part: number, attempt: number): string {
  return attempt === 1 ? `${key}/${part}` : `${key}/${part}.${attempt}`;
}

/** The inverse of {@link keyOfAttempt}. */
export function attemptOf(key: string, part: number, workflowId: string): number {
  const first = keyOfAttempt(key, part, 1);
  return workflowId === first ? 1 : Number(workflowId.slice(first.length + 1));
}
