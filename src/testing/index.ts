/**
 * Entry for tests of programs that use Unstructured jobs. Not for production or workflow code.
 *
 * @module temporal-unstructured/testing
 */
export { FakeUnstructured, type FakeUnstructuredOptions } from './fake/fake-unstructured';
export { FakeJob } from './fake/fake-job';
export { FakeInputError } from './fake/support/input';
export { faults, type Fault, type FaultKind } from './fake/faults/faults';
export type { AnswerSwitches } from './fake/job/answer-switches';
export type { FaultRule, RequestFilter, RequestSeen, When } from './fake/faults/fault-rules';
export type { JobSpec, NodeSpec } from './fake/job/job-spec';
export type { StartLimits, StartedJobSpec, WorkflowSpec } from './fake/job/started-jobs';
export type { DeliverySwitches } from './fake/webhooks/delivery-switches';
export type { EventType } from './fake/webhooks/job-event';
export type { DeliveryRecord } from './fake/webhooks/sender';
export type { WebhookSpec } from './fake/webhooks/channel';
export type { Upload } from './fake/support/upload';
export type { Operation } from './fake/support/operations';
export type { StopPoint } from './fake/support/reply';
export type { RequestRecord } from './fake/world/request-log';
export type { StepLength, TimelineStep } from './fake/job/timeline';
export { createDevEnvironment, createTestEnvironment } from './environment';
export { TestServerError } from './test-server-error';
