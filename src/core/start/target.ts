/** What to run. */
export type StartTarget = OnDemandTarget | WorkflowTarget;

export type OnDemandTarget =
  /** A job from a template. */
  | { templateId: string }
  /** A job of these nodes, as the API takes them. */
  | { jobNodes: JobNodeInput[] };

/** A run of a workflow that exists; its documents come from its connector, or are uploaded. */
export type WorkflowTarget = { workflowId: string };

/** A node of an on-demand job. Passed through as it is: the API judges it. */
export type JobNodeInput = Record<string, unknown>;
