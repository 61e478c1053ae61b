/** Whether a request that was answered with this status may succeed later. */
export function mayPass(status: number): boolean {
  if ([408, 409, 425, 429].includes(status)) return true;
  return status >= 500 && status !== 501 && status !== 505;
}
