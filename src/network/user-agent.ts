/** Header by which servers know our requests. */
export const USER_AGENT = 'temporal-unstructured';
