// The page's own sentences, in Chinese and English. What the bot says is never translated here.

const EN = {
  title: "Linli · the phones", brand: "The phones", tagline: "A town to try things in",
  banner: "An invented town: nothing leaves this computer.",
  otherLanguage: "中文", otherLanguageShort: "中文", otherLanguageLabel: "把这个页面换成中文",
  clock: "Town time", later1: "1 minute later", later10: "10 minutes later", later60: "1 hour later", morning: "Next morning",
  later1Short: "+1 min", later10Short: "+10 min", later60Short: "+1 h", morningShort: "8 am",
  show: "Show me", moreStories: "Other stories", takeOver: "Take over", playing: "Playing: {title}",
  pull: "Pull the plug", pullHelp: "Kill the bot in the middle of everything, as in a power cut", putBack: "Plug it in again", starting: "Starting…", dismiss: "Put away",
  pulled: "The bot is dead, as in a power cut. Write and tap as you like: Telegram keeps it. Then plug the bot in again.",
  whoIsShown: "Whose phones are shown", addPhone: "Add a phone", newPhoneTitle: "A new neighbour", newPhoneHelp: "They get a phone of their own and have never spoken to the bot.",
  name: "Name", language: "Language of their Telegram", add: "Add", cancel: "Cancel", hide: "Put {name} away",
  phoneOf: "Phone of {name}", groupPanel: "Group {name}", bot: "Bot", typing: "typing…", members_one: "1 member", members: "{count} members",
  chats: "Chats of {name}", blocked: "blocked", notStarted: "not started yet", gone: "account deleted",
  block: "Block the bot", unblock: "Unblock the bot", start: "Start", empty: "Nothing has been said here yet.",
  startHelp: "{name} has never spoken to {bot}. Press Start, as one does in Telegram.",
  write: "Message", writeAs: "Write as {name}", speaker: "Speaking", send: "Send", attach: "Attach", commands: "Commands", closeMenu: "Close",
  photoFile: "Photo from this computer", photo: "A photo", album: "An album", voice: "A voice note", place: "A place", contact: "My number", stranger: "Somebody's contact",
  reply: "Reply", replyTo: "Reply to {name}", dropReply: "Do not reply", replyKeys: "Answers to choose from", you: "You",
  edited: "edited", silent: "sent without a sound", pinned: "Pinned", newBelow: "New messages", onlyFor: "Only {name} sees this",
  ok: "OK", chooseGroup: "Which group should the bot join?", noGroups: "There is no group yet.", outside: "This link leads out of the town, so it is not opened:",
  kindPhoto: "Photo", kindVoice: "Voice note", kindVideo: "Video", kindFile: "File", kindPlace: "A place", kindSticker: "Sticker", kindPoll: "Poll", kindContact: "Contact", kindMessage: "Message",
  playVoice: "Play the voice note, {length}", cannotPlay: "This sample has no sound to play.", openPhoto: "Open the photo", copied: "Copied",
  unknown: "A message of a kind this page cannot draw", joined: "{name} joined the group", left: "{name} left the group", addedBy: "{who} added {name}", removedBy: "{who} removed {name}",
  created: "The group “{name}” was created", pinnedBy: "{who} pinned a message", renamed: "The group is now called “{name}”", moved: "The group became a supergroup",
  heard: "{chat}, {name}: {text}", lost: "The town is not answering. Trying again…", refused: "That did not work: {text}", loading: "The town is waking up…", unread: "new messages",
};

const ZH = {
  title: "邻里 · 手机桌", brand: "手机桌", tagline: "一个可以放心试的小镇",
  banner: "这是一个虚构的小镇，内容不会离开这台电脑。",
  otherLanguage: "English", otherLanguageShort: "EN", otherLanguageLabel: "Show this page in English",
  clock: "小镇时间", later1: "过 1 分钟", later10: "过 10 分钟", later60: "过 1 小时", morning: "到第二天早上",
  later1Short: "+1 分", later10Short: "+10 分", later60Short: "+1 小时", morningShort: "明早",
  show: "演示给我看", moreStories: "别的故事", takeOver: "我来试试", playing: "正在演示：{title}",
  pull: "拔掉电源", pullHelp: "像停电一样，让机器人当场断掉", putBack: "重新插上", starting: "正在启动…", dismiss: "收起",
  pulled: "机器人断电了，手里的事一件也没来得及收尾。您照样写、照样点，Telegram 会先替它存着；想好了再把它插上。",
  whoIsShown: "桌上摆着谁的手机", addPhone: "添一部手机", newPhoneTitle: "来了一位新邻居", newPhoneHelp: "会有一部自己的手机，还从没跟机器人说过话。",
  name: "称呼", language: "手机上 Telegram 的语言", add: "添上", cancel: "取消", hide: "收起{name}",
  phoneOf: "{name}的手机", groupPanel: "群：{name}", bot: "机器人", typing: "正在输入…", members_one: "1 位成员", members: "{count} 位成员",
  chats: "{name}的聊天", blocked: "已屏蔽", notStarted: "还没开始用", gone: "账号已注销",
  block: "屏蔽机器人", unblock: "取消屏蔽", start: "开始", empty: "这里还没有人说话。",
  startHelp: "{name}还没跟{bot}说过话。跟在 Telegram 里一样，点一下“开始”。",
  write: "写点什么", writeAs: "以{name}的身份说", speaker: "谁在说", send: "发送", attach: "添加附件", commands: "命令", closeMenu: "关闭",
  photoFile: "从电脑里选照片", photo: "一张照片", album: "一组照片", voice: "一段语音", place: "一个位置", contact: "我的号码", stranger: "别人的名片",
  reply: "回复", replyTo: "回复{name}", dropReply: "不回复了", replyKeys: "可以选的回答", you: "我",
  edited: "已编辑", silent: "静音发送", pinned: "置顶", newBelow: "有新消息", onlyFor: "只有{name}看得到",
  ok: "好", chooseGroup: "要把机器人加到哪个群？", noGroups: "还没有群。", outside: "这个链接通向小镇外面，所以没有打开：",
  kindPhoto: "照片", kindVoice: "语音", kindVideo: "视频", kindFile: "文件", kindPlace: "位置", kindSticker: "贴纸", kindPoll: "投票", kindContact: "名片", kindMessage: "消息",
  playVoice: "播放语音，{length}", cannotPlay: "这段样例没有声音可放。", openPhoto: "看大图", copied: "已复制",
  unknown: "这一类消息，本页画不出来", joined: "{name}进了群", left: "{name}退了群", addedBy: "{who}把{name}拉进了群", removedBy: "{who}把{name}移出了群",
  created: "建了群“{name}”", pinnedBy: "{who}置顶了一条消息", renamed: "群名改成了“{name}”", moved: "本群升级成了超级群",
  heard: "{chat}，{name}：{text}", lost: "小镇暂时没有回应，正在重连…", refused: "没成：{text}", loading: "小镇正在醒来…", unread: "有新消息",
};

let language = (navigator.languages ?? [navigator.language]).find((code) => /^(zh|en)/i.test(code)) ?? "en";
language = /^zh/i.test(language) ? "zh_Hans" : "en";

export const htmlLanguage = () => (language === "zh_Hans" ? "zh-Hans" : "en");

export function switchLanguage() {
  language = language === "en" ? "zh_Hans" : "en";
}

export function say(key, blanks = {}) {
  const sentence = (language === "en" ? EN : ZH)[key] ?? EN[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => blanks[name] ?? "");
}
