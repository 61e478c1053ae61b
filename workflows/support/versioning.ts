import { workflowInfo } from '@temporalio/workflow';

/**
 * A wait outlives the worker version on which it began. A pinned workflow would stay on that version, even when it continues as new. Only workers
 * with versioning may set this behavior: the server repeatedly refuses such a task from any other worker.
 */
export function autoUpgrade(): { versioningBehavior?: 'AUTO_UPGRADE' } {
  const { currentDeploymentVersion: version } = workflowInfo(); // without versioning, it has only a build id
  return version && version.deploymentName !== '' ? { versioningBehavior: 'AUTO_UPGRADE' } : {};
}
