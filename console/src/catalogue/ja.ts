// 日本語では何と言うか。ナビゲーション、標示、エラー。 (What are the words in Japanese: navigation, marks, errors?)
import type { Key } from './en';

export const ja: Partial<Record<Key, string>> = {
  'marking.none': '標示なし', 'marking.no-tlp': 'TLPなし', 'marking.choose': '標示', 'marking.unnamed': '名称のない標示 {id}', 'marking.required': '標示は必須です。標示なしでは保存されません。',
  'problem.id': 'ログの識別子', 'problem.unreachable.what': 'ノードに接続できません', 'problem.unreachable.next': 'ネットワークを確認して、もう一度お試しください。入力内容は失われません。', 'problem.forbidden.what': 'この操作は許可されていません', 'problem.forbidden.next': '現在の役割では実行できません。管理者にご相談ください。', 'problem.absent.what': '見つかりません', 'problem.absent.next': '存在しないか、閲覧できません。アドレスを確認するか、前の画面に戻ってください。', 'problem.other.what': '処理できませんでした', 'problem.other.next': 'もう一度お試しください。続く場合は、この識別子を管理者に伝えてください。ノードのログにあります。', 'problem.credentials.what': 'ユーザー名またはパスワードが違います', 'problem.credentials.next': '両方を確認して、もう一度お試しください。', 'problem.rate-limited.what': '試行回数が多すぎます', 'problem.rate-limited.next': '1分待ってから、もう一度お試しください。',
  'empty.nothing.title': 'まだ何もありません', 'empty.nothing.text': '届き次第、ここに表示されます。', 'empty.filtered.title': '該当なし', 'empty.filtered.text': '条件により除外されています。条件を減らすか、すべて解除してください。', 'empty.withheld.title': '開示されたものはありません', 'empty.withheld.text': 'ここには何もないか、表示対象に開示されていません。{partner}',
  'state.loading': '読み込み中', 'optional': '任意', 'reason': '理由',
  'screen.home': 'ホーム', 'screen.objects': 'オブジェクト', 'screen.object': 'オブジェクト', 'screen.graph': 'グラフ', 'screen.matrix': 'ATT&CK', 'screen.time': '時間と地図', 'screen.hits': '検知', 'screen.board': '目撃情報', 'screen.intake': '取り込み', 'screen.releases': '開示', 'screen.partners': 'パートナー', 'screen.audit': '監査', 'screen.admin': '管理', 'screen.unknown': 'ページがありません',
  'shell.navigation': '画面', 'shell.skip': '本文へ移動', 'shell.highest': '画面上の最高標示: {marking}', 'shell.no-marking': '画面上に標示付きの内容はありません', 'shell.menu': 'アカウントと設定', 'shell.unknown': 'このアドレスに対応する画面はありません。', 'shell.screen-failed': '画面を読み込めませんでした。更新された可能性があります。再読み込みしてください。',
  'as.choose': '表示対象', 'as.explain': 'すべての画面を、選んだパートナーに見えるとおりに表示します。非開示のものは存在しません。', 'as.banner': '{partner} として表示中', 'as.text': 'このパートナーに開示されたものだけを表示しています。', 'as.end': '自分の表示に戻る',
  'live.live': 'ライブ', 'live.connecting': '接続中', 'live.off': '切断', 'live.new': '新着 {n} 件',
  'prefer.theme': 'テーマ', 'prefer.system': 'システムに従う', 'prefer.light': 'ライト', 'prefer.dark': 'ダーク', 'prefer.language': '言語', 'prefer.clock': '時刻', 'prefer.local': 'ローカル', 'prefer.shortcuts': '1キーのショートカット',
  'login.title': 'サインイン', 'login.node-of': '{organisation} のノード', 'login.user': 'ユーザー', 'login.password': 'パスワード', 'login.code': '第2要素のコード', 'login.in': 'サインイン', 'login.out': 'サインアウト', 'login.oidc': '{provider} でサインイン', 'login.certificate': '証明書でサインイン', 'login.lost': 'セッションが終了しました。サインインすると続きから再開できます。', 'login.credentials': 'ユーザー名またはパスワードが違います。', 'login.slow-down': '試行回数が多すぎます。1分お待ちください。', 'login.failed': 'IDプロバイダーでサインインできませんでした。もう一度お試しください。続く場合は管理者にご連絡ください。理由はノードのログにあります。', 'login.unknown': 'IDプロバイダーには登録されていますが、このノードにアカウントがありません。管理者に依頼してください。',
  'role.reader': '閲覧者', 'role.analyst': '分析者', 'role.releaser': '開示担当者', 'role.administrator': '管理者', 'role.reader.text': '閲覧', 'role.analyst.text': '起案、検知対応、パートナー表示', 'role.releaser.text': '開示と撤回', 'role.administrator.text': '利用者とノードの管理',
  'decision.sees': '開示', 'decision.redacted': '一部開示', 'decision.withheld': '非開示', 'decision.line': '規則 {line}',
  'recipients.some': '宛先: {n} パートナー', 'recipients.nobody': '宛先: なし', 'recipients.redacted': '一部開示 {n}', 'recipients.partly': '{partner}(一部開示 {n})', 'recipients.without': '対象外: {partners}',
  'do.again': 'もう一度', 'do.cancel': '取り消す', 'do.close': '閉じる', 'do.save': '保存', 'do.undo': '元に戻す', 'do.new': '新規', 'do.mark': '標示', 'do.recall': '撤回', 'do.export': '書き出し', 'do.copy': 'コピー', 'do.clear-filters': '条件を解除', 'do.sight': '自組織でも観測',
  'query.label': '検索', 'keys.help': 'キーボードショートカット', 'keys.palette': 'コマンドパレット', 'facet.type': '種別', 'facet.marking': '標示', 'facet.rel': '開示先', 'facet.source': '提供元', 'facet.label': 'ラベル', 'column.name': '名称', 'column.marking': '標示', 'column.source': '提供元', 'column.added': '追加', 'column.sightings': '観測',
  'tab.overview': '概要', 'tab.relations': '関連', 'tab.graph': 'グラフ', 'tab.audience': '開示先', 'tab.history': '履歴', 'admin.account': '自分のアカウント',
};
