/** The user's workflow file, by the name that the plugin's bundler hook gives it. */
declare module 'temporal-unstructured/your-workflows';
