import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSupervisors } from '../../src/cluster/supervisors.ts';
import { loadJson } from '../../src/spec/load.ts';
import { readSupervisorSpec } from '../../src/spec/supervisor.ts';
import { sharedDruid } from '../services/on-demand.ts';
import { onCluster } from './support.ts';

const servers = await sharedDruid();
const { newContext, newDataSource } = onCluster(servers);
const supervisors = openSupervisors(newContext());

const specOf = (dataSource: string, dimensions: readonly string[] = ['url']) =>
  readSupervisorSpec(
    loadJson(
      JSON.stringify({
        type: 'kafka',
        suspended: true,
        context: { note: 'mine' },
        spec: {
          dataSchema: {
            dataSource,
            timestampSpec: { column: 'time' },
            dimensionsSpec: { dimensions },
            metricsSpec: [{ type: 'count', name: 'views' }],
            granularitySpec: { segmentGranularity: 'hour' },
          },
          ioConfig: {
            topic: `topic-${dataSource}`,
            inputFormat: { type: 'json' },
            consumerProperties: { 'bootstrap.servers': servers.kafka },
            lateMessageRejectionPeriod: 'PT1H',
          },
        },
      }),
    ),
  );

test('a spec comes back as it was submitted', async (t) => {
  const id = newDataSource(t, 's-supervised');
  const given = specOf(id);
  await supervisors.submit(given);
  assert.ok((await supervisors.ids()).includes(id));
  const { ioConfig, dataSource, context, suspended } = await supervisors.spec(id);
  assert.deepEqual([context, suspended], [{ note: 'mine' }, true]);
  assert.deepEqual(
    [ioConfig.topic, ioConfig.lateMessageRejectionPeriod, ioConfig.taskCount],
    [`topic-${id}`, 'PT3600S', 1],
  );
  assert.deepEqual(dataSource.dimensions, given.dataSource.dimensions);
  const { payload } = await supervisors.status(id);
  assert.deepEqual([payload.dataSource, payload.suspended, payload.activeTasks], [id, true, []]);
  assert.equal((await supervisors.state(id)).healthy, true);
  assert.deepEqual([await supervisors.stats(id), await supervisors.parseErrors(id)], [{}, []]);
});

test('what is unmodified is no new version', async (t) => {
  const id = newDataSource(t, 's-resubmitted');
  const versions = async () => (await supervisors.history())[id]?.length;
  await supervisors.submit(specOf(id));
  await supervisors.submit(specOf(id), { skipRestartIfUnmodified: true });
  assert.equal(await versions(), 1);
  await supervisors.submit(specOf(id, ['url', 'user']), { skipRestartIfUnmodified: true });
  assert.equal(await versions(), 2);
});

test('it is suspended, resumed, reset and terminated', async (t) => {
  const id = newDataSource(t, 's-steered');
  await supervisors.submit(specOf(id));
  await assert.rejects(supervisors.suspend(id), { code: 'invalidInput', message: /already suspended/ });
  await supervisors.resume(id);
  assert.equal((await supervisors.spec(id)).suspended, false);
  await supervisors.suspend(id);
  await supervisors.reset(id);
  await supervisors.terminate(id);
  assert.ok(!(await supervisors.ids()).includes(id));
});

test('one that is not there is not found, with the words of Druid', async () => {
  const asked = [
    () => supervisors.spec('s-nobody'),
    () => supervisors.status('s-nobody'),
    () => supervisors.stats('s-nobody'),
    () => supervisors.resume('s-nobody'),
    () => supervisors.terminate('s-nobody'),
    () => supervisors.resetOffsets('s-nobody', new Map([['t/0', 1n]])),
  ];
  for (const ask of asked) await assert.rejects(ask(), { code: 'notFound', message: /s-nobody/ });
});
