/** What to run. */
export type StartTarget =
  /** An on-demand job from a template. */
  | { templateId: string }
  /** An on-demand job of these nodes, as the API takes them. */
  | { jobNodes: JobNodeInput[] }
  /** A run of a workflow that exists; its documents come from its connector, or are uploaded. */
  | { workflowId: string };

/** A node of an on-demand job. Passed through as it is: the API judges it. */
export type JobNodeInput = Record<string, unknown>;
