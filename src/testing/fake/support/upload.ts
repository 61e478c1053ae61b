/** An uploaded file of a start. Its bytes are hashed on arrival and not kept. */
export interface Upload {
  name: string;
  contentType: string;
  bytes: number;
  /** In hex. */
  sha256: string;
}
