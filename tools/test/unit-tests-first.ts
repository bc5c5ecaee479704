/** The order of test files: those beside the source first, then `tests/`, so that a slip shows before whole programs are started. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export class UnitTestsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files); // failed last time first, then the longest first
    const isWholeProgram = (file: TestSpecification): number => (file.moduleId.startsWith(`${file.project.config.root}/tests/`) ? 1 : 0);
    return sorted.toSorted((a, b) => isWholeProgram(a) - isWholeProgram(b));
  }
}
