import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { list, obj, str } from '../json.ts';
import { feesOf, Tally } from './tally.ts';

const isPicture = (prediction: Json | undefined): boolean => str(prediction?.['mimeType'])?.startsWith('image/') === true;

/**
 * Reads usage from the predictions of Vertex AI's `predict`: embeddings state tokens one by one, Imagen's pictures are charged each.
 * Gives `undefined` where neither is there.
 * @source cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api, `statistics.token_count`; imagen-api
 */
export const predictUsage = (body: Json): Usage | undefined => {
  const tally = new Tally();
  const predictions = list(body['predictions']).map(obj);
  let input = 0;
  let counted = false;
  for (const prediction of predictions) {
    const tokens = obj(obj(prediction?.['embeddings'])?.['statistics'])?.['token_count'];
    if (tokens === undefined) continue;
    counted = true;
    input += tally.count(tokens);
  }
  const fees = feesOf({ image: predictions.filter(isPicture).length });
  return counted || fees !== undefined ? tally.usage({ input }, { fees }) : undefined;
};
