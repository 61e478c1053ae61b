/** Tools for tests of programs that use Unstructured jobs. Nothing here runs in production or in workflow code. */
export { FakeUnstructured, type FakeUnstructuredOptions } from './fake-unstructured';
export { FakeJob } from './fake-job';
export { FakeInputError } from './input';
export { faults, type Fault, type FaultKind } from './faults';
export type { AnswerSwitches } from './answers';
export type { FaultRule } from './fault-rules';
export type { JobSpec, NodeSpec } from './job-spec';
export type { LaunchSpec, WorkflowSpec } from './launches';
export type { Upload } from './uploads';
export type { Operation } from './operations';
export type { RequestRecord } from './request-log';
export type { StopPoint } from './reply';
export type { StepLength, TimelineStep } from './timeline';
export type { RequestFilter, RequestSeen, When } from './when';
export { createDevEnvironment, createTestEnvironment } from './environment';
