// @ts-check
/* Figures of results that are stored for presentations. The trainings have the samples of `assets/training`, the default
 * recipe and seed 1; the others are of the bundled writer. */

/** The likeliest next words, with their probabilities. */
export const NEXT = {
  text: "Once upon a time, there was a little",
  words: /** @type {[string, number][]} */ ([["girl", 0.43], ["boy", 0.34], ["dog", 0.05], ["bunny", 0.02], ["bird", 0.01]]),
};

/** "He" and "she" behind "The … was tired, so". */
export const PRONOUNS = [
  { person: "farmer", context: "The farmer was tired, so", he: 0.545, she: 0.003 },
  { person: "doctor", context: "The doctor was tired, so", he: 0.39, she: 0.076 },
  { person: "nurse", context: "The nurse was tired, so", he: 0.14, she: 0.143 },
  { person: "teacher", context: "The teacher was tired, so", he: 0.05, she: 0.21 },
];

/** @typedef {{ vocabulary: number, steps: number, seed: number, prompt: string, training: [number, number][], validation: [number, number][], samples: { step: number, sample: string }[] }} StoredTraining */

/** @type {Record<string, StoredTraining>} */
export const TRAINING = {
  en: {
    vocabulary: 66,
    steps: 1200,
    seed: 1,
    prompt: "Once upon a time",
    training: [[0, 4.19], [20, 3.14], [40, 2.67], [60, 2.44], [80, 2.35], [100, 2.21], [120, 2.23], [140, 2.15], [160, 2.2], [180, 2.08], [200, 2.0], [220, 2.14], [240, 2.04], [260, 2.01], [280, 1.9], [300, 1.93], [320, 2.13], [340, 2.07], [360, 1.84], [380, 1.85], [400, 1.94], [420, 1.94], [440, 1.9], [460, 1.94], [480, 1.85], [500, 1.86], [520, 1.99], [540, 1.71], [560, 1.84], [580, 1.8], [600, 1.74], [620, 1.74], [640, 1.81], [660, 1.75], [680, 1.79], [700, 1.73], [720, 1.64], [740, 1.64], [760, 1.8], [780, 1.66], [800, 1.65], [820, 1.69], [840, 1.72], [860, 1.76], [880, 1.76], [900, 1.61], [920, 1.79], [940, 1.56], [960, 1.7], [980, 1.54], [1000, 1.56], [1020, 1.66], [1040, 1.48], [1060, 1.55], [1080, 1.62], [1100, 1.45], [1120, 1.47], [1140, 1.46], [1160, 1.47], [1180, 1.49], [1200, 1.56]],
    validation: [[0, 4.19], [50, 2.38], [100, 2.21], [150, 2.07], [200, 2.02], [250, 2.0], [300, 1.97], [350, 1.89], [400, 1.84], [450, 1.85], [500, 1.79], [550, 1.8], [600, 1.75], [650, 1.74], [700, 1.75], [750, 1.73], [800, 1.68], [850, 1.69], [900, 1.7], [950, 1.68], [1000, 1.63], [1050, 1.66], [1100, 1.63], [1150, 1.58], [1200, 1.55]],
    samples: [
      {"step": 0, "sample": "eeeel:E.\n:\"krK;FFiDDs''LiMU!mFFFFwNw ⁇ Saaa  \nGkVVxtV)''ZR,JCC)jjCCMMMU,,VPtttFF.n"},
      {"step": 50, "sample": " and thay h Wa lerind wit me s and washer ar me oled at, w ad a t and far carot "},
      {"step": 200, "sample": " the abe win los ban and ow tut the chake the the tan ake and to in to ho cat so"},
      {"step": 700, "sample": " the was sand when the yettle-time some what lay me that sened and the lights th"},
      {"step": 1200, "sample": " and starrong to longer, and her mortuch it his in a suck held and the prome of "},
    ],
  },
  zh: {
    vocabulary: 1397,
    steps: 1200,
    seed: 1,
    prompt: "明月",
    training: [[0, 7.29], [20, 6.61], [40, 6.08], [60, 6.11], [80, 5.95], [100, 5.71], [120, 5.55], [140, 5.24], [160, 5.44], [180, 5.38], [200, 5.33], [220, 5.17], [240, 5.26], [260, 5.06], [280, 5.04], [300, 5.08], [320, 5.12], [340, 4.85], [360, 4.83], [380, 4.77], [400, 4.64], [420, 4.67], [440, 4.59], [460, 4.71], [480, 4.67], [500, 4.58], [520, 4.51], [540, 4.53], [560, 4.57], [580, 4.35], [600, 3.87], [620, 4.32], [640, 4.43], [660, 4.22], [680, 4.25], [700, 4.27], [720, 4.44], [740, 4.19], [760, 4.3], [780, 4.08], [800, 3.85], [820, 4.25], [840, 4.39], [860, 4.07], [880, 3.68], [900, 3.93], [920, 4.17], [940, 4.37], [960, 4.32], [980, 4.44], [1000, 4.14], [1020, 4.06], [1040, 3.72], [1060, 3.7], [1080, 3.8], [1100, 3.77], [1120, 3.57], [1140, 3.7], [1160, 3.62], [1180, 4.16], [1200, 3.39]],
    validation: [[0, 7.27], [50, 5.96], [100, 5.6], [150, 5.45], [200, 5.34], [250, 5.22], [300, 5.04], [350, 4.95], [400, 4.92], [450, 4.85], [500, 4.79], [550, 4.74], [600, 4.74], [650, 4.75], [700, 4.7], [750, 4.71], [800, 4.7], [850, 4.68], [900, 4.7], [950, 4.7], [1000, 4.7], [1050, 4.68], [1100, 4.64], [1150, 4.62], [1200, 4.61]],
    samples: [
      {"step": 0, "sample": "月月月扉桐尽扇忍攀非成瑶阙关奉且且人夷杳竟凡凡竟凝绮雀鸥涧苹苹苹苹雄样儿偏舆幸日日素素亡鹿凉忘偏浪待美及阻阻韵作小开情情七湿湿犬晋本本本晋尚尚好钿迢记记事恰辞也"},
      {"step": 50, "sample": "。\n。\n来，前，年见，，前愁，时。\n\n。\n得。\n，一，花。人。\n。\n年，无君，一，一。\n。\n是，一何。，归。。\n不。。\n无山。\n，一。\n。。\n一。。\n。，不夜，"},
      {"step": 200, "sample": "，不见无无情只是。\n秦门夜边里三日，春风江长君年来。若识为得不见见，只使向天来多情。\n秋风似别有回此，春风来心事风风。一夜夜日行不是，一曾上花山人人。\n洛声独堪"},
      {"step": 700, "sample": "落，不知青海州花声。\n五一归来又上秋，黄金青青陌路头。人人欲折花时断，水引双双过月明。\n南北燕燕花应事，南国无尘向北期。白头不敢怜青水，半月长空折尽人。\n莫折东"},
      {"step": 1200, "sample": "，一夜将云里此声。\n南山寻在塞鸿雁，不见南山水远云。莫怪诸师还似梦，应须折数株相逐。\n曾向春西近凤关，月明南望断紫微。今宵有酒无人事，不见寻常入汉宫。\n自怜五月"},
    ],
  },
};
