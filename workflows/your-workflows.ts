/** Stands for the user's workflow file until a worker's bundle is made: the plugin puts that file in its place. */
export {};
