/**
 * For `node --expose-gc --require`: each thread of the process frees what it no longer needs every two seconds, so that its memory is what it
 * holds, and not what Node has not collected yet.
 */
setInterval(() => gc?.(), 2_000).unref();
