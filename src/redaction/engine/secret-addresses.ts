/** What the path of an address must look like, by the last two labels of its host. Each begins at the path. */
const PATHS = new Map<string, RegExp>([
  // @source https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors
  ['office.com', /\/webhook(?:b2)?\/[\w@-]{36,}\//y],
  // @source https://learn.microsoft.com/azure/logic-apps/logic-apps-securing-a-logic-app
  ['azure.com', /\/workflows\/[^\s"'<>:]{1,400}[?&](?:amp;)?sig=/y],
  ['powerplatform.com', /\/[^\s"'<>:]{1,400}[?&](?:amp;)?sig=/y],
  // @source https://discord.com/developers/docs/resources/webhook
  ['discord.com', /\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w-]{40,}/y],
  ['discordapp.com', /\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w-]{40,}/y],
  // @source https://help.zapier.com/hc/en-us/articles/8496288690317
  ['zapier.com', /\/hooks\/(?:catch|standard)\/\w{4,}/y],
  // @source https://www.tines.com/docs/actions/types/webhook/
  ['tines.com', /\/webhook\/[\w-]{8,}\/[\w-]{8,}/y],
  // @source https://www.make.com/en/help/tools/webhooks
  ['make.com', /\/[a-z0-9]{24,}/y],
  ['integromat.com', /\/[a-z0-9]{24,}/y],
  // @source https://help.ifttt.com/hc/en-us/articles/4405029291163
  ['ifttt.com', /\/(?:use|trigger\/[\w-]{1,64}\/(?:json\/)?with\/key)\/[\w-]{20,}/y],
  // @source https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
  ['feishu.cn', /\/open-apis\/bot\/v2\/hook\/[\w-]{20,}/y],
  ['larksuite.com', /\/open-apis\/bot\/v2\/hook\/[\w-]{20,}/y],
  // @source https://docs.n8n.io/integrations/builtin/core-nodes/n8n-nodes-base.webhook/
  ['n8n.cloud', /\/webhook(?:-test)?\/[\w-]{8,}/y],
  // @source https://docs.metamask.io/services/
  ['infura.io', /\/(?:ws\/)?v3\/[0-9a-f]{32}/y],
  // @source https://www.alchemy.com/docs/create-an-api-key
  ['alchemy.com', /\/v2\/[\w-]{20,}/y],
  ['alchemyapi.io', /\/v2\/[\w-]{20,}/y],
  // @source https://www.quicknode.com/docs/quickstart
  ['quiknode.pro', /\/[0-9a-f]{20,}/y],
]);
// Incoming webhooks of a chat server of one's own. @source https://developers.mattermost.com/integrate/webhooks/incoming/
const OWN_HOOK = /\/hooks\/[a-z0-9]{26}(?![A-Za-z0-9])/y;

/** Gives the last two labels of a host, without its port. */
const domainOf = (authority: string): string => {
  const port = authority.indexOf(':');
  const host = port < 0 ? authority : authority.slice(0, port);
  return host.slice(host.lastIndexOf('.', host.lastIndexOf('.') - 1) + 1);
};

/** Tells whether an address is a secret by itself: whoever knows it may post there, or is served on the owner's account. */
export const isSecretAddress = (text: string, authority: string, pathStart: number): boolean => {
  if (text.charAt(pathStart) !== '/') return false;
  const path = PATHS.get(domainOf(authority)) ?? OWN_HOOK;
  path.lastIndex = pathStart;
  return path.test(text);
};
