/** Tools for tests of programs that use Unstructured jobs. Nothing here runs in production or in workflow code. */
export { FakeUnstructured, type FakeUnstructuredOptions } from './fake/fake-unstructured';
export { FakeJob } from './fake/fake-job';
export { FakeInputError } from './fake/input';
export { faults, type Fault, type FaultKind } from './fake/faults';
export type { AnswerSwitches } from './fake/answers';
export type { FaultRule } from './fake/fault-rules';
export type { JobSpec, NodeSpec } from './fake/job-spec';
export type { LaunchSpec, WorkflowSpec } from './fake/launches';
export type { Upload } from './fake/uploads';
export type { Operation } from './fake/operations';
export type { RequestRecord } from './fake/request-log';
export type { StopPoint } from './fake/reply';
export type { StepLength, TimelineStep } from './fake/timeline';
export type { RequestFilter, RequestSeen, When } from './fake/when';
export { createDevEnvironment, createTestEnvironment } from './environment';
