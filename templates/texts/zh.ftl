# 页面框架
skip = 跳到正文
nav-label = 栏目
nav-ask = 提问
nav-search = 搜索
nav-library = 文件库
foot-promise = 文件和提问都只留在这台机器上。

# 数量
documents-count = { $shown } 份文件
passages-count = { $shown } 个段落
pages-count = { $shown } 页
slides-count = { $shown } 张幻灯片
sheets-count = { $shown } 个工作表
pages-empty = { $shown } 页没有文字

# 提问
ask-title = 向文件提问
ask-lead = 回答中的每一句话都原文引自文件，并标明出处。
ask-label = 您的问题
ask-placeholder = 您想知道什么？
ask-button = 提问
ask-summary = 答案来自 { $documents }，共 { $passages }。
ask-empty-title = 还没有文件
ask-empty-explained = 把文件放进这个文件夹，读取完成后即可提问：
ask-again = 用现在的文件重新提问
examples-title = 可以这样问
example-1 = 年假有多少天？
example-2 = 什么时候必须上锁挂牌？
example-3 = 报警 E-4021 怎么处理？
example-4 = 安全鞋怎么领取？
answer-title = 文件中的回答
answer-waiting = 正在查阅文件…
answer-broken = 回答还没有完成，连接就断开了。请重新提问。
answer-failed = 出了问题，无法回答。请再试一次；如果仍然不行，请告诉管理员。
answer-kept = 提问时间
answer-search = 搜索这些词
sources-title = 出处
nearest-title = 最接近的段落
refused-title = 文件里没有这个问题的答案。
refused-explained = 没有找到足以作答的内容。下面是最接近的段落，也可以换个说法再问。
how-quotes = 原文引用，未使用语言模型，用时 { $duration } 毫秒
how-refused = 根据证据强弱判断，未使用语言模型，用时 { $duration } 毫秒
how-model = 由 { $name } 生成，用时 { $duration } 毫秒
permalink = 此回答的链接
copied = 链接已复制
cite-label = 出处 { $number }：{ $title }
cite-label-place = 出处 { $number }：{ $title }，{ $place }

# 搜索
search-title = 搜索
search-label = 要搜索的词
search-placeholder = 词语、零件号、报警代码
search-button = 搜索
search-start-title = 搜索全部文件
search-start-explained = 按词语、按意思，或按编号查找，例如 SOP-QA-014、M8x1.25。
search-none-title = 没有找到“{ $query }”
search-none-explained = 请检查写法，少用几个词或换个词，或者去掉筛选条件。
search-everywhere = 不加筛选地搜索
search-found = { $shown } 个段落，最相关的在前
search-found-best = 最相关的 { $shown } 个段落
search-found-by-meaning = 没有段落包含这些词，以下是意思最接近的：
filters-label = 筛选
collection-label = 文件夹
collection-all = 全部文件夹
collection-top = 顶层文件夹
kind-label = 文件类型
kind-all = 全部类型

# 翻页
paging-label = 翻页
paging-previous = 上一页
paging-next = 下一页
paging-place = 第 { $page } 页，共 { $pages } 页

# 位置
locator-page = 第 { $number } 页
locator-slide = 第 { $number } 张幻灯片
locator-sheet = 工作表“{ $name }”
locator-row = 第 { $first } 行
locator-rows = 第 { $first }–{ $last } 行
list-comma = ，

# 文件
contents-title = 目录
table-label = 表格
changed = { $time } 修改
original-open = 打开原文件
original-open-page = 打开原文件第 { $page } 页
original-download = 下载原文件
document-citation-gone = 引用之后文件已经修改，其中不再有被引用的段落。下面是现在的内容。
document-pending-old = 正在读取这份文件的新版本。下面是上一个版本的内容。
document-duplicate = 这份文件与另一份内容相同，搜索和引用时以那一份为准。
document-failed = 无法读取这份文件：{ $reason }
document-pages-empty = 有 { $shown } 页没有找到文字，可能是图片，因此搜索不到。
document-empty-title = 没有可显示的文字
document-empty-explained = 仍可打开原文件。
document-empty-pending-title = 这份文件还没有读取
document-empty-pending-explained = 读取完成后，内容会显示在这里。

# 文件库
library-title = 文件库
library-summary = { $documents }，其中 { $searchable } 份可搜索，共 { $pages }、{ $passages }。
library-text-label = 名称或路径包含
library-apply = 应用
library-none-title = 没有符合条件的文件
library-all = 显示全部文件
library-retry = 重试
library-answered-by = 查看代替它的文件
state-label = 状态
state-all = 全部
state-searchable = 可搜索
state-failed = 失败
state-duplicate = 重复
state-pending = 等待
sort-label = 排序
sort-state = 失败的在前
sort-path = 按路径
sort-title = 按标题
sort-updated = 最近修改的在前
sort-size = 最大的在前
column-document = 文件
column-pages = 页数
column-passages = 段落
column-size = 大小
column-changed = 修改时间
status-idle = 已是最新：文件夹中的文件都已读取。
status-looking = 正在查看文件夹…
status-rebuilding = 正在重建 { $shown } 份文件的索引。
status-ignored = （略过 { $shown } 个其他格式的文件。）
status-unreadable = 无法读取文件夹 { $path }；已知的内容予以保留。
status-waiting = { $shown } 个文件等待读取。
status-reading = 正在读取 { $path }
status-reading-more = 正在读取 { $path }，还有 { $waiting } 个等待

# 错误
error-home = 回到首页
error-not-found-title = 这里什么也没有
error-not-found-explained = 地址不对，或者文件已经从文件夹中删除。
error-request-title = 无法理解这个请求
error-request-explained = 地址或表单中有无法读取的内容。请返回后重试。
error-cross-site-title = 请求来自其他网站
error-cross-site-explained = 其他网站的页面想在这里做改动。什么也没有改变。
error-host-title = 地址不对
error-host-explained = 服务器只接受 127.0.0.1 和 localhost 这两个名称，请用其中之一打开。
error-question-empty-title = 问题是空的
error-question-empty-explained = 请写下您想知道的内容。
error-question-long-title = 问题太长
error-question-long-explained = 最多 2,000 个字符，请缩短一些。
error-outside-title = 不提供这个文件
error-outside-explained = 它是一个指向文件夹以外的链接。
error-unreadable-title = 无法打开文件
error-unreadable-explained = 文件存在，但服务器没有读取权限，或者磁盘没有连接。请告诉管理员。
error-server-title = 出了问题
error-server-explained = 服务器日志里有更多说明。请再试一次；如果仍然不行，请告诉管理员。

# 文件无法读取的原因（英文原文在程序中）
reason-empty = 文件是空的：有内容后请重新放入
reason-no-text = 文件里没有文字：可能只有图片，或者指向别的文件；如果应该有文字，请打开检查后重新放入
reason-scanned-pdf = 这个 PDF（{ $pages } 页）里没有找到文字，很可能是扫描件：请先做文字识别（OCR），再放入识别后的文件
reason-not-text = 这不是文本：文件里是二进制数据；请检查扩展名是否与内容相符，然后重新放入
reason-too-large = 文件有 { $megabytes } MB，超过了这种文件的上限 { $limit } MB：请拆分文件，或者提高上限
reason-unpacks-too-large = 文件解压后超过 { $limit } MB，普通文档不会这样，某些攻击会：没有读取；如果确实没有问题，请拆分
reason-compressed-too-well = 文件的压缩比是 { $ratio } 比 1，普通文档不会这样，某些攻击会：没有读取；如果确实没有问题，请在原程序中另存后重新放入
reason-too-many-parts = 文件里有 { $parts } 个部分，超过了上限 { $limit }：没有读取；如果确实没有问题，请拆分
reason-too-much-text = 文件里的文字超过 { $limit } 百万个字符：请拆分文件，或者提高上限
reason-too-many-pages = 文档有 { $pages } 页，超过了每个文件的上限 { $limit } 页：请拆分文件，或者提高上限
reason-nested-too-deep = 内容的嵌套超过 { $limit } 层，普通文档不会这样：请在原程序中另存后重新放入
reason-timed-out = 读取超过 { $seconds } 秒，已经放弃：请拆分文件，或者在原程序中另存后重新放入
reason-password = 这个文件（{ $what }）需要密码：请去掉密码后重新放入
reason-damaged = 这个文件（{ $what }）已损坏，或者不是这种文件（{ $detail }）；请在原程序中打开、另存后重新放入
reason-old-office = 这个文件（{ $what }）是 Office 97 到 2003 的旧二进制格式：请另存为现在的格式后重新放入
reason-forbidden = 没有读取这个文件的权限：请给运行 Gemba 的账户读取权限，然后重试
reason-gone = 文件在读取时消失了：如果是有意删除，不用处理；否则请重新放入
reason-io = 无法读取文件（{ $detail }）：请检查磁盘或网络盘，然后重试
reason-stopped = 读取中途停止：稍后会重新读取
reason-link = 这是一个指向文件夹以外或不存在的位置的符号链接：这样的链接不会被跟随；请把文件本身放进文件夹
reason-name = 文件名不是有效的 UTF-8，无法显示或链接：请重命名
reason-restless = 文件一直在变化，还没有读取：内容稳定后会立即读取
reason-fatal = 服务器在读取这个文件时中断了 { $attempts } 次，所以不再读取：请在原程序中另存后重新放入，或者重试
reason-reader = 读取程序无法处理这个文件，文件很可能已损坏：请在原程序中打开、另存后重新放入
what-PDF = PDF
what-Word-document = Word 文档
what-workbook = 工作簿
what-presentation = 演示文稿
what-table-of-separated-values = CSV 表格
