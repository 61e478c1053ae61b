/** Stands for the user's workflow file. When a worker's bundle is made, the plugin puts that file in its place. */
export {};
