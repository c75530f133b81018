"""The lines simulated fans speak, in English, French and Chinese; `remarks` explains the notation."""

from collections.abc import Mapping

LINES: Mapping[tuple[str, bool], str] = {
    ("en", True): """
        colour | love the {colour}
        colour | that {colour} is so good
        colour | {colour} is exactly my colour
        colour | more {colour} in this shop please
        colour | the {colour} would look great on my sister
        colour=ink,charcoal,plum,cocoa | dark enough for the office, soft enough for dinner
        colour=butter,mustard | finally a yellow I can wear
        colour=sage,moss | this green with brown boots, yes
        colour=lilac,rose | the softest colour of the lot
        colour=petrol,sky | this blue goes with everything I own
        colour=coral,terracotta | such a warm colour, lovely with a tan
        colour=ecru,sand | goes with everything, would wear it twice a week
        pattern=stripe,check,floral,dot,colour-block | {colour} and {accent} together, very nice
        pattern=floral | the flowers are lovely, not too sweet
        pattern=floral | my gran had curtains like this and I mean that as a compliment
        pattern=floral | a print that looks like a real summer
        pattern=dot | dots always get me
        pattern=dot | the size of the dots is just right
        pattern=check | such a good check
        pattern=check | reminds me of picnics
        pattern=stripe | the stripes make you look taller, sold
        pattern=stripe | stripes that follow the cut, well done
        pattern=breton | a Breton that isn't boring
        pattern=breton | can never have enough of these stripes
        pattern=colour-block | the two colours are a great idea
        pattern=colour-block | blocks like this look so modern
        pattern=cable | those cables look properly warm
        pattern=cable | proper knitting, love it
        pattern=rib | rib knit is the comfiest thing there is
        pattern=plain | so simple, so right
        pattern=plain | no print needed, the shape does it all
        sleeve=puff | those sleeves, yes
        sleeve=puff | puff sleeves but not silly ones
        sleeve=bishop | the full sleeves with the cuffs are so pretty
        sleeve=bell | bell sleeves, I could dance in {this}
        sleeve=elbow | sleeves to the elbow are the best length
        sleeve=long | long sleeves at last
        sleeve=cap | the little cap sleeves are sweet
        sleeve=strap | thin straps for hot days, perfect
        sleeve=sleeveless category=dress,jumpsuit | sleeveless and still dressy
        neckline=square | square neck looks good on everybody
        neckline=v | nice depth on that V
        neckline=boat | boat neck, so elegant
        neckline=sweetheart | that neckline is beautiful
        neckline=halter | halter neck for dancing
        neckline=turtleneck | roll neck and a long coat, winter sorted
        neckline=peter pan | the little round collar is everything
        neckline=bow | the bow at the neck made my day
        neckline=cowl | love how the neck drapes
        neckline=lapel | sharp lapels
        neckline=collar category=dress | a shirt collar on a dress, always yes
        length=midi | midi is my length
        length=midi category=dress,skirt | hits right below the knee, perfect on a bike
        length=maxi | so elegant that long
        length=mini | short and cheeky, good
        length=knee | knee length, wearable at work
        length=cropped category=knit,shirt,jacket | cropped to wear with high trousers, clever
        waist=belted | the belt makes it
        waist=tied | like that you tie it yourself, fits any size
        waist=empire | high waist is kind to my tummy
        silhouette=wrap | wrap shapes never fail
        silhouette=tiered | the tiers look so light
        silhouette=slip | I'd sleep in it and then go to a party in it
        silhouette=shirt | throw it on and go
        silhouette=trench | my trench has done ten years, this is the next one
        silhouette=wide,palazzo | swishy legs, finally
        silhouette=pleated | the pleats move so nicely I bet
        silhouette=balloon | odd in the best way
        silhouette=cardigan | the cardigan I keep looking for
        silhouette=blazer | would live in this blazer
        category=dress | wearing {this} to every wedding this summer
        category=jumpsuit | one piece and done
        category=skirt | with a white tee and sneakers
        category=coat | I'd wear it over pyjamas to get bread
        category=trousers | these would fit me, I can tell
        category=knit | looks like it doesn't scratch
        category=jacket | would go with half my wardrobe
        category=shirt | tucked into jeans, done
        | yes please
        | my favourite so far
        | when can I order
        | saved this one for my mum
    """,
    ("en", False): """
        sleeve=short,cap | longer sleeves please
        sleeve=short | to the elbow and I'd buy it
        sleeve=sleeveless,strap | would love it with sleeves
        sleeve=strap | wider straps please, these would slip
        sleeve=long,bishop | nice, but with short sleeves for summer
        sleeve=puff | a bit less puff in the sleeves
        sleeve=puff | sleeves too big for under a jacket
        sleeve=bell | those sleeves will end up in my soup
        sleeve=elbow | sleeves either shorter or longer, this is in between
        sleeve=long | are the sleeves roomy? mine always pinch
        neckline=v,scoop,sweetheart | neckline a bit higher please
        neckline=v | a little too low for the office
        neckline=square | would be prettier with a V
        neckline=turtleneck | a crew neck would be enough, I get hot
        neckline=crew,boat | too high at the neck for me
        neckline=halter | halter necks hurt my neck
        neckline=bow | without the bow please
        neckline=collar | a smaller collar maybe
        neckline=peter pan | the collar makes it look like school
        neckline=lapel | lapels a touch narrower?
        length=mini | ten centimetres longer and I'm in
        length=mini category=dress,skirt | too short to sit down in
        length=midi | I'm short, this will end at my ankles
        length=midi category=dress,skirt | shorter please, above the knee
        length=maxi | would trip on the stairs, midi please
        length=knee | either shorter or longer, not at the knee
        length=cropped category=knit,shirt,jacket | too cropped, I'd freeze
        length=long | a bit shorter and it's perfect
        colour | in {other} I'd take it
        colour | not my colour, does it come in {other}?
        colour | nice shape, wrong colour for me
        colour | {other} instead of {colour} please
        colour=butter,mustard | yellow makes me look ill
        colour=ecru,sky,butter | I'd spill coffee on it within the hour
        colour=ink,charcoal | a bit too dark for spring
        colour=coral | that's a loud {colour}
        pattern=floral | smaller flowers please
        pattern=floral | like the cut, but plain
        pattern=dot | dots are too much for me
        pattern=dot | smaller dots and I'm happy
        pattern=check | looks like a tablecloth, sorry
        pattern=check | a finer check would be nicer
        pattern=stripe | the stripes make me dizzy
        pattern=stripe | thinner stripes maybe
        pattern=breton | I own four of these already
        pattern=colour-block | one colour would be enough
        pattern=colour-block | I'd swap the two colours
        pattern=plain | a bit plain, a print would help
        pattern=plain category=dress,skirt | needs something, buttons or a pocket
        pattern=cable | looks heavy, is it?
        pattern=rib | rib shows everything
        waist=straight | a belt would save it
        waist=natural category=dress | could the waist sit a bit higher
        waist=dropped | the low waist does nothing for me
        waist=empire | the high waist hides mine
        waist=belted | without the belt please
        waist=tied | the bow at the waist is in the way when I sit
        waist=yoke | too tent for me
        category=dress,skirt,jumpsuit | pockets please
        category=dress | does it have pockets? then yes
        silhouette=balloon | I'd look like a lampshade
        silhouette=pencil,sheath,column | can you walk in it?
        silhouette=tiered | one tier less
        silhouette=wrap | a hidden button so that it stays closed
        silhouette=trumpet | too evening for me
        silhouette=tapered,barrel | straighter legs please
        silhouette=wide,palazzo | too much fabric, straighter please
        silhouette=slouchy,boxy | a bit less wide
        silhouette=pleated | who is going to iron that
        category=coat | lined, I hope?
        category=coat,jacket | needs an inside pocket
        category=knit | only if it's not itchy
        category=trousers | higher waist and I'd order
        category=shirt | please not see-through
        category=jumpsuit | and how do I go to the bathroom
        | not for me but I see it
        | almost
        | my daughter would, I wouldn't
    """,
    ("fr", True): """
        colour | j'adore {le_colour}
        colour | {ce_colour} est superbe
        colour | {le_colour} me va toujours
        colour | encore plus {de_colour}, s'il vous plaît
        colour=butter,mustard | enfin un jaune que je peux porter
        colour=sage,moss | ce vert avec des bottes marron, oui
        colour=ink,charcoal,plum | assez sombre pour le bureau, parfait
        colour=ecru,sand | va avec tout
        pattern=stripe,check,floral,dot,colour-block | {le_colour} avec {le_accent}, très joli
        pattern=floral | les fleurs sont ravissantes
        pattern=dot | les pois, je craque à chaque fois
        pattern=check | très beaux carreaux
        pattern=stripe | les rayures allongent, je prends
        pattern=breton | une marinière qui change un peu
        pattern=colour-block | les deux couleurs, très bonne idée
        pattern=cable | de vraies torsades, ça a l'air chaud
        pattern=plain | simple et juste
        sleeve=puff | les manches ballon sont magnifiques
        sleeve=bishop | ces manches amples, un rêve
        sleeve=bell | des manches pour danser
        sleeve=long | enfin des manches longues
        sleeve=elbow | la bonne longueur de manches
        sleeve=strap | parfait pour les jours de canicule
        neckline=square | le décolleté carré va à tout le monde
        neckline=v | joli col en V
        neckline=boat | le col bateau, toujours élégant
        neckline=peter pan | ce petit col rond est adorable
        neckline=bow | le nœud au col, j'adore
        neckline=turtleneck | un col roulé comme je les aime
        length=midi | midi, c'est ma longueur
        length=maxi | très élégant aussi long
        length=mini | court et gai, parfait
        waist=belted | la ceinture change tout
        waist=tied | bien, le lien à la taille
        silhouette=wrap | le portefeuille, valeur sûre
        silhouette=tiered | les volants ont l'air si légers
        silhouette=trench | le trench que je cherche depuis deux ans
        silhouette=pleated | de beaux plis
        category=dress | je la mets à tous les mariages cet été
        category=skirt | avec un tee-shirt blanc et des baskets
        category=knit | il a l'air tout doux
        category=trousers | ce pantalon tombe bien
        category=coat | un vrai beau manteau
        category=jumpsuit | une seule pièce et hop, habillée
        | ma préférée pour l'instant
        | on peut commander quand ?
    """,
    ("fr", False): """
        sleeve=short,cap | manches plus longues, s'il vous plaît
        sleeve=sleeveless,strap | avec des manches je la prendrais
        sleeve=long,bishop | jolie, mais à manches courtes pour l'été
        sleeve=puff | un peu moins de volume aux manches
        sleeve=bell | ces manches vont finir dans ma soupe
        sleeve=elbow | manches un peu plus courtes ?
        neckline=v,scoop,sweetheart | le décolleté un peu plus haut
        neckline=turtleneck | sans col roulé, j'ai vite chaud
        neckline=crew,boat | l'encolure est trop fermée pour moi
        neckline=halter | le dos-nu me fait mal à la nuque
        neckline=collar | un col plus petit peut-être
        neckline=bow | sans le nœud, s'il vous plaît
        length=mini | dix centimètres de plus et je dis oui
        length=midi | trop long pour moi, je fais 1,58 m
        length=maxi | je vais marcher dessus, plutôt midi
        length=knee | plus courte ou plus longue, mais pas au genou
        length=cropped category=knit,shirt,jacket | trop court, j'aurais froid
        colour | en {other} je la prends
        colour | belle coupe, mais pas ma couleur
        colour | plutôt en {other}
        colour=butter,mustard | le jaune me donne mauvaise mine
        colour=ecru,sky,butter | une tache de café et c'est fini
        pattern=floral | des fleurs plus petites, s'il vous plaît
        pattern=floral | la même en uni ?
        pattern=dot | trop de pois pour moi
        pattern=check | on dirait une nappe, désolée
        pattern=stripe | des rayures plus fines peut-être
        pattern=breton | j'en ai déjà quatre
        pattern=colour-block | une seule couleur suffirait
        pattern=plain | un peu trop sage, il manque un détail
        waist=straight | il faudrait une ceinture
        waist=dropped | la taille basse ne me va pas
        waist=belted | sans la ceinture, s'il vous plaît
        category=dress,skirt,jumpsuit | des poches, s'il vous plaît
        silhouette=balloon | j'aurais l'air d'un abat-jour
        silhouette=pencil,sheath,column | on peut marcher avec ?
        silhouette=wide,palazzo | un peu moins large
        silhouette=tapered,barrel | une jambe plus droite
        silhouette=pleated | et qui va repasser tout ça
        category=coat | doublé, j'espère ?
        category=knit | seulement si ça ne gratte pas
        category=trousers | la taille plus haute et je commande
        category=shirt | pas transparent, j'espère
        | pas pour moi, mais c'est bien fait
        | presque
    """,
    ("zh", True): """
        colour | 喜欢这个{colour}
        colour | {colour}太好看了
        colour | 这个{colour}很显白
        colour=butter,mustard | 终于有适合我的黄色了
        colour=sage,moss | 这个绿配棕色靴子刚好
        colour=ink,charcoal,plum | 颜色稳重，上班能穿
        colour=ecru,sand | 很百搭，一周能穿两次
        colour=lilac,rose | 颜色好温柔
        pattern=stripe,check,floral,dot,colour-block | {colour}配{accent}，真好看
        pattern=floral | 碎花好看，不俗气
        pattern=dot | 波点永远不过时
        pattern=check | 格子很有味道
        pattern=stripe | 竖条纹显高，要了
        pattern=breton | 海魂衫怎么都穿不腻
        pattern=colour-block | 拼色很有想法
        pattern=cable | 麻花针看着就暖和
        pattern=plain | 简单大方
        sleeve=puff | 泡泡袖好可爱
        sleeve=bishop | 袖子好仙
        sleeve=bell | 喇叭袖很飘逸
        sleeve=elbow | 五分袖刚好遮手臂
        sleeve=long | 长袖好，空调房也能穿
        sleeve=strap | 夏天穿正好
        neckline=square | 方领很显脖子长
        neckline=v | V领显脸小
        neckline=boat | 一字领很优雅
        neckline=peter pan | 小圆领太可爱了
        neckline=bow | 蝴蝶结领口好看
        length=midi | 这个长度最好搭
        length=maxi | 长款好有气质
        length=mini | 短款显腿长
        waist=belted | 腰带是点睛之笔
        waist=tied | 系带可以自己调松紧，好评
        waist=empire | 高腰显腿长，小个子友好
        silhouette=wrap | 裹身款最显身材
        silhouette=tiered | 蛋糕裙好灵动
        silhouette=trench | 一直在找这样的风衣
        silhouette=wide,palazzo | 阔腿裤遮肉，喜欢
        silhouette=pleated | 百褶走起来一定好看
        category=dress | 约会就穿这条
        category=skirt | 配白T恤就很好
        category=knit | 看起来软软的
        category=coat | 这件大衣有质感
        category=trousers | 版型看着不错
        | 什么时候可以下单
        | 目前最喜欢这款
    """,
    ("zh", False): """
        sleeve=short,cap | 袖子再长一点就好了
        sleeve=sleeveless,strap | 有袖子的话我就买
        sleeve=long,bishop | 夏天想要短袖的
        sleeve=puff | 袖子别那么蓬
        sleeve=bell | 喇叭袖吃饭不方便
        sleeve=elbow | 袖子可以再短一点
        neckline=v,scoop,sweetheart | 领口再高一点就好了
        neckline=turtleneck | 高领有点勒，圆领就好
        neckline=crew,boat | 领口可以再低一点
        neckline=halter | 挂脖的穿久了脖子疼
        neckline=collar | 领子小一点更好看
        neckline=bow | 不要蝴蝶结会更好
        length=mini | 再长十厘米就完美了
        length=midi | 小个子穿会不会拖地
        length=maxi | 太长了，爬楼梯会踩到
        length=knee | 长度有点尴尬，再短一点吧
        length=cropped category=knit,shirt,jacket | 太短了，会漏风
        colour | 有{other}的吗
        colour | 换成{other}我就买
        colour | 款式喜欢，颜色不太适合我
        colour=butter,mustard | 这个黄有点挑人
        colour=ecru,sky,butter | 浅色容易脏
        colour=ink,charcoal | 春天穿有点暗
        pattern=floral | 花再小一点会更好
        pattern=floral | 想要纯色的
        pattern=dot | 波点有点密
        pattern=check | 格子有点像桌布
        pattern=stripe | 条纹再细一点
        pattern=breton | 这样的我已经有四件了
        pattern=colour-block | 一种颜色就够了
        pattern=plain | 有点素，加点细节吧
        waist=straight | 加条腰带会更好
        waist=dropped | 低腰显矮
        waist=belted | 不要腰带更利落
        category=dress,skirt,jumpsuit | 求口袋
        silhouette=balloon | 穿上像灯笼
        silhouette=pencil,sheath,column | 走路会不会不方便
        silhouette=wide,palazzo | 裤腿可以窄一点
        silhouette=tapered,barrel | 想要直筒的
        silhouette=pleated | 熨起来好麻烦
        category=coat | 有里衬吗
        category=knit | 会不会扎
        category=trousers | 腰再高一点就下单
        category=shirt | 会不会透
        | 还行，不是我的风格
        | 再考虑一下
    """,
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "dress": "this dress",
        "skirt": "this skirt",
        "trousers": "these trousers",
        "shirt": "this shirt",
        "knit": "this knit",
        "jacket": "this jacket",
        "coat": "this coat",
        "jumpsuit": "this jumpsuit",
    },
    "fr": {
        "ecru": "écru",
        "butter": "jaune beurre",
        "sand": "sable",
        "sage": "vert sauge",
        "moss": "vert mousse",
        "petrol": "bleu pétrole",
        "sky": "bleu ciel",
        "ink": "bleu encre",
        "lilac": "lilas",
        "plum": "prune",
        "rose": "vieux rose",
        "coral": "corail",
        "terracotta": "terracotta",
        "mustard": "jaune moutarde",
        "cocoa": "brun cacao",
        "charcoal": "gris anthracite",
        "dress": "cette robe",
        "skirt": "cette jupe",
        "trousers": "ce pantalon",
        "shirt": "cette chemise",
        "knit": "cette maille",
        "jacket": "cette veste",
        "coat": "ce manteau",
        "jumpsuit": "cette combinaison",
    },
    "zh": {
        "ecru": "米白色",
        "butter": "奶油黄",
        "sand": "沙色",
        "sage": "鼠尾草绿",
        "moss": "苔藓绿",
        "petrol": "孔雀蓝",
        "sky": "天蓝色",
        "ink": "墨蓝色",
        "lilac": "丁香紫",
        "plum": "梅子紫",
        "rose": "豆沙粉",
        "coral": "珊瑚色",
        "terracotta": "赤陶色",
        "mustard": "芥末黄",
        "cocoa": "可可棕",
        "charcoal": "炭灰色",
        "dress": "这条裙子",
        "skirt": "这条半裙",
        "trousers": "这条裤子",
        "shirt": "这件衬衫",
        "knit": "这件针织",
        "jacket": "这件外套",
        "coat": "这件大衣",
        "jumpsuit": "这条连体裤",
    },
}
"""Colours and garments by their attribute values, as a sentence uses them; else the value itself."""

OPENERS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "oh, ",
        "honestly, ",
        "hm, ",
        "ok, ",
        "for me: ",
        "same as Nora: ",
        "showed my sister. ",
        "second look: ",
    ),
    "fr": ("alors, ", "franchement, ", "hm, ", "bon, ", "pour moi : ", "après réflexion, "),
    "zh": ("嗯，", "说实话，", "个人觉得", "哈哈，", "看了两遍，"),
}
"""What some begin with."""


PLAIN = {
    ("en", True): ("love this one", "yes, exactly this", "would wear it all week", "when can I order?"),
    ("en", False): (
        "not quite me",
        "maybe in another colour?",
        "nice, but I have one like it",
        "hmm, the cut",
    ),
    ("fr", True): ("coup de cœur", "oui, exactement ça", "je la porte demain", "on commande quand ?"),
    ("fr", False): (
        "pas tout à fait moi",
        "dans une autre couleur ?",
        "joli, mais déjà vu",
        "la coupe me gêne",
    ),
    ("zh", True): ("这个好喜欢", "就是想要这样的", "什么时候能下单", "每天都想穿"),
    ("zh", False): ("不太适合我", "换个颜色会更好", "好看，但有类似的了", "版型再改改"),
}
"""What can be said of anything, by language and whether it was picked."""
