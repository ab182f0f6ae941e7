// What are the words? English is whole; the other languages are held against it. By area; errors and marks come first.
import { enScreens } from './en-screens';

const enShell = {
  'marking.none': 'no marking', 'marking.no-tlp': 'NO TLP', 'marking.choose': 'Marking', 'marking.unnamed': 'Unnamed marking {id}', 'marking.required': 'A marking is required: nothing is saved without one.',
  'problem.id': 'In the log as',
  'problem.unreachable.what': 'The node cannot be reached', 'problem.unreachable.next': 'Check the network and try again. Nothing you entered is lost.',
  'problem.forbidden.what': 'You may not do this', 'problem.forbidden.next': 'Your role does not allow it. An administrator can change your role.',
  'problem.absent.what': 'There is no such thing', 'problem.absent.next': 'It does not exist, or not for you. Check the address, or go back.',
  'problem.other.what': 'This did not work', 'problem.other.next': 'Try again. If it stays so, give the id to an administrator: it is in the node’s log.',
  'problem.credentials.what': 'Name or password is wrong', 'problem.credentials.next': 'Check both and try again.',
  'problem.rate-limited.what': 'Too many attempts', 'problem.rate-limited.next': 'Wait a minute, then try again.',
  'empty.nothing.title': 'Nothing yet', 'empty.nothing.text': 'As soon as there is something, it is here.',
  'empty.filtered.title': 'Nothing matches', 'empty.filtered.text': 'What you look for is filtered out. Take a condition away, or clear all of them.',
  'empty.withheld.title': 'Nothing released', 'empty.withheld.text': 'There is nothing here, or nothing that is released to whom you see as. {partner}',
  'state.loading': 'Loading', 'optional': 'optional', 'reason': 'Reason',
  'screen.home': 'Home', 'screen.objects': 'Objects', 'screen.object': 'Object', 'screen.graph': 'Graph', 'screen.matrix': 'ATT&CK', 'screen.time': 'Time & map', 'screen.hits': 'Hits',
  'screen.board': 'Sightings', 'screen.intake': 'Intake', 'screen.releases': 'Release', 'screen.partners': 'Partners', 'screen.audit': 'Audit', 'screen.admin': 'Admin', 'screen.unknown': 'No such page',
  'shell.navigation': 'Screens', 'shell.skip': 'Skip to content', 'shell.highest': 'Highest on screen: {marking}', 'shell.no-marking': 'No marked content on screen', 'shell.menu': 'You and your settings',
  'shell.unknown': 'This address leads nowhere here.', 'shell.screen-failed': 'This screen could not be loaded: the console may have been updated. Reload the page.',
  'as.choose': 'See as', 'as.explain': 'Every screen as a partner would see it: what is withheld from them is not there.', 'as.banner': 'You see as {partner}', 'as.text': 'Only what is released to them is shown.', 'as.end': 'See as yourself',
  'live.live': 'live', 'live.connecting': 'connecting', 'live.off': 'not live', 'live.new': '{n} new',
  'query.label': 'Search', 'query.placeholder': 'type:malware tlp:amber conf>70 label:apt …', 'query.clear': 'Clear the search', 'query.choices': 'Suggestions',
  'palette.placeholder': 'Go to a screen, or find an object', 'palette.nothing': 'Nothing of that name',
  'prefer.theme': 'Theme', 'prefer.system': 'As the system', 'prefer.light': 'Light', 'prefer.dark': 'Dark', 'prefer.language': 'Language', 'prefer.clock': 'Times', 'prefer.local': 'Local', 'prefer.shortcuts': 'Single-key shortcuts',
  'undo.nothing': 'There is nothing to undo.',
  'do.again': 'Try again', 'do.cancel': 'Cancel', 'do.clear': 'Clear', 'do.clear-filters': 'Clear the filters', 'do.close': 'Close', 'do.copy': 'Copy', 'do.copy-real': 'Copy as it is', 'do.export': 'Export', 'do.fewer': 'Fewer',
  'do.load-more': 'Load more', 'do.mark': 'Mark', 'do.more': '{n} more', 'do.new': 'New', 'do.no': 'no', 'do.none': 'None', 'do.recall': 'Recall', 'do.reload': 'Reload', 'do.remove': 'Remove', 'do.save': 'Save', 'do.sight': 'We saw it', 'do.undo': 'Undo', 'do.yes': 'yes',
  'copied.defanged': 'Copied, defanged, with its marking', 'copied.real': 'Copied as it is: handle with care', 'copied.not': 'The browser did not let the console copy',
  'keys.everywhere': 'Everywhere', 'keys.query': 'Search', 'keys.palette': 'Command palette', 'keys.help': 'Keyboard shortcuts', 'keys.theme': 'Light or dark', 'keys.undo': 'Undo', 'keys.new': 'New object', 'keys.next': 'Next', 'keys.previous': 'Previous',
  'keys.open': 'Open', 'keys.peek': 'Peek', 'keys.select': 'Select', 'keys.select-none': 'Select nothing', 'keys.mark': 'Mark', 'keys.copy': 'Copy defanged', 'keys.copy-real': 'Copy as it is', 'keys.tab': 'Tab', 'keys.sight': 'We saw it too', 'keys.release': 'Who sees it',
  'login.title': 'Sign in', 'login.node-of': 'Node of {organisation}', 'login.user': 'User', 'login.password': 'Password', 'login.code': 'Code of the second factor', 'login.in': 'Sign in', 'login.out': 'Sign out', 'login.oidc': 'Sign in with {provider}', 'login.certificate': 'Sign in with the certificate',
  'login.lost': 'Your session has ended. Sign in to go on where you were.', 'login.credentials': 'Name or password is wrong.', 'login.slow-down': 'Too many attempts. Wait a minute.',
  'login.failed': 'The identity provider did not sign you in. Try again; if it stays so, ask an administrator: the reason is in the node’s log.', 'login.unknown': 'The identity provider knows you, but you have no account on this node. Ask an administrator for one.',
  'role.reader': 'Reader', 'role.analyst': 'Analyst', 'role.releaser': 'Releaser', 'role.administrator': 'Administrator',
  'role.reader.text': 'looks', 'role.analyst.text': 'drafts, answers hits, sees as partners', 'role.releaser.text': 'releases and recalls', 'role.administrator.text': 'sees to people and the node',
  'method.password': 'password', 'method.oidc': 'identity provider', 'method.certificate': 'certificate',
  'decision.sees': 'sees', 'decision.redacted': 'redacted', 'decision.withheld': 'withheld', 'decision.line': 'line {line}',
  'recipients.some': 'Recipients: {n} {n|partner|partners}', 'recipients.nobody': 'Recipients: nobody', 'recipients.redacted': '{n} redacted', 'recipients.partly': '{partner} ({n} redacted)', 'recipients.without': 'Not: {partners}',
} as const;

export const en = { ...enShell, ...enScreens } as const;
export type Key = keyof typeof en;
/** What every language has words for: navigation, marks, errors. */
export const EVERYWHERE = /^(?:screen|shell|marking|problem|empty|decision|recipients|as|live|login|prefer|role)\./;
