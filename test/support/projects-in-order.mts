import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Starts the projects in the order of the configuration, and in each the files that took longest the last time, as vitest noted. */
export class ProjectsInOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const names = this.ctx.projects.map(({ name }) => name);
    const place = ({ project }: TestSpecification) => names.indexOf(project.name);
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
