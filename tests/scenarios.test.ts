/** The scenarios: each undisturbed, and with its owner killed at each of its commits. */
import { describe, expect, it } from 'vitest';
import { runScenario } from '../tools/sim/scenario-run.ts';
import { allScenarios } from '../tools/sim/scenarios/all.ts';

describe.each(allScenarios)('$name: $story', (scenario) => {
  it('undisturbed', async () => expect((await runScenario(scenario)).problems).toEqual([]));

  it('with a kill at every commit', async () => {
    const { commits } = await runScenario(scenario);
    expect(commits).toBeGreaterThan(1);
    for (let dieAt = 1; dieAt <= commits; dieAt++)
      expect({ dieAt, problems: (await runScenario(scenario, dieAt)).problems }).toEqual({ dieAt, problems: [] });
  });
});
