export { greet } from '../none';
