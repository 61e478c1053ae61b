/** A file that came with a start. Its bytes are hashed as they come and not kept. */
export interface Upload {
  name: string;
  contentType: string;
  bytes: number;
  /** In hex. */
  sha256: string;
}
