/** Types that Druid has and millrace does not have yet. A test holds that each is refused with 501, and that none of them exists. */
import { registerGaps } from './define.ts';

registerGaps('aggregator', ['arrayOfDoublesSketch', 'arrayOfDoublesSketchMerge', 'tDigestSketch', 'momentSketch']);
registerGaps('filter', ['javascript', 'bloom']);
registerGaps('postAggregator', [
  'HLLSketchToString',
  'thetaSketchConstant',
  'thetaSketchToString',
  'quantilesDoublesSketchToString',
  'KllDoublesSketchToString',
  'KllFloatsSketchToString',
  'arrayOfDoublesSketchConstant',
  'arrayOfDoublesSketchSetOp',
  'arrayOfDoublesSketchToEstimate',
  'arrayOfDoublesSketchToEstimateAndBounds',
  'arrayOfDoublesSketchToMeans',
  'arrayOfDoublesSketchToMetricsSumEstimate',
  'arrayOfDoublesSketchToNumEntries',
  'arrayOfDoublesSketchToQuantilesSketch',
  'arrayOfDoublesSketchToString',
  'arrayOfDoublesSketchToVariances',
  'arrayOfDoublesSketchTTest',
  'javascript',
]);
