/** The target of the process that is killed; apart from the other helpers, which need the test runner. */
export function targetIn(to: string) {
  return { to, name: 'a.json', contentType: 'application/json', source: { jobId: 'j', fileId: 'f', nodeId: null } };
}
