import { workflowInfo } from '@temporalio/workflow';

/**
 * A wait outlives the version of the worker that it began on: a pinned one would stay there, in each run that it continues as. Only a task of
 * a versioned worker may say so: Temporal's server refuses it from any other, again and again.
 */
export function autoUpgrade(): { versioningBehavior?: 'AUTO_UPGRADE' } {
  const { currentDeploymentVersion: version } = workflowInfo(); // without versioning it is a build id alone
  return version && version.deploymentName !== '' ? { versioningBehavior: 'AUTO_UPGRADE' } : {};
}
