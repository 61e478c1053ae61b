/** Value of the header `User-Agent`. */
export const USER_AGENT = 'temporal-unstructured';
