/**
 * Asks a server as Turnilo does, through plywood, unmodified: `node ask.cjs URL SCENARIO…`. What it is answered goes to stdout, a line of
 * JSON for each fact, so that the same lines can be had from a real Druid.
 */
const { $, External, ply, r } = require('plywood');
const { druidRequesterFactory } = require('plywood-druid-requester');

const requester = druidRequesterFactory({ host: new URL(process.argv[2]).host, timeout: 20_000 });
const show = (value) => console.log(JSON.stringify(value));
const Druid = External.getConstructorFor('druid');

const external = (introspectionStrategy) =>
  External.fromJS(
    {
      engine: 'druid',
      version: '33.0.0',
      source: 'wikipedia',
      timeAttribute: '__time',
      allowEternity: true,
      allowSelectQueries: true,
      introspectionStrategy,
    },
    requester,
  ).introspect();

async function start() {
  show(await Druid.getVersion(requester));
  show((await Druid.getSourceList(requester)).filter((name) => name === 'odd' || name === 'wikipedia').sort());
  const { attributes } = await external('segment-metadata-fallback');
  show(attributes.map(String).sort());
}

async function splits() {
  const wiki = await external('segment-metadata-fallback');
  const ask = async (expression) => show((await expression.compute({ wiki })).toJS());
  const day = { start: new Date('2015-09-12T00:00:00Z'), end: new Date('2015-09-13T00:00:00Z') };
  const main = $('wiki').filter($('__time').overlap(day));
  const edits = '$wiki.sum($count)';

  await ask(ply().apply('wiki', main).apply('edits', edits).apply('added', '$wiki.sum($added)'));
  await ask(
    ply()
      .apply('wiki', main)
      .apply('edits', edits)
      .apply(
        'Channels',
        $('wiki')
          .split('$channel', 'channel')
          .apply('edits', edits)
          .sort('$edits', 'descending')
          .limit(3)
          .apply(
            'Hours',
            $('wiki')
              .split($('__time').timeBucket('PT6H', 'Etc/UTC'), 'time')
              .apply('edits', edits)
              .sort('$time', 'ascending'),
          ),
      ),
  );
  await ask(
    $('wiki')
      .filter(
        $('page')
          .contains('talk', 'ignoreCase')
          .and($('isRobot').is(r('false'))),
      )
      .split({ namespace: '$namespace', robot: '$isRobot' })
      .apply('edits', edits)
      .apply('channels', '$wiki.countDistinct($channel)')
      .apply('per edit', '$wiki.sum($added) / $wiki.sum($count)')
      .sort('$edits', 'descending')
      .limit(5),
  );
  await ask(
    main
      .split($('__time').timeBucket('P1D', 'America/Los_Angeles'), 'time')
      .apply('edits', edits)
      .apply('english', '$wiki.filter($channel == "#en.wikipedia").sum($count)')
      .sort('$time', 'ascending'),
  );
  await ask(
    main.split($('metroCode').numberBucket(100, 0), 'size').apply('edits', edits).sort('$size', 'ascending').limit(4),
  );
  await ask(
    main
      .split($('__time').timePart('HOUR_OF_DAY', 'Etc/UTC'), 'hour')
      .apply('edits', edits)
      .sort('$edits', 'descending')
      .limit(3),
  );
  await ask(
    main
      .filter($('channel').in(['#de.wikipedia', '#fr.wikipedia']))
      .split('$countryName', 'country')
      .apply('edits', edits)
      .sort('$edits', 'descending')
      .limit(4),
  );
  await ask(main.split($('page').substr(0, 2), 'begin').apply('edits', edits).sort('$edits', 'descending').limit(2));
  await ask(main.filter($('page').match('^Talk:Oswald')).select(['__time', 'page', 'added']).limit(2));
}

const scenarios = { start, splits };

(async () => {
  for (const name of process.argv.slice(3)) {
    console.log(`# ${name}`);
    await scenarios[name]();
  }
})();
