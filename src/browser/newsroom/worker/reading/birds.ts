/** Second words of source names: 256 birds. The order is part of every name: never change it. */
export const BIRDS: readonly string[] = `
  accentor albatross anhinga auk auklet avocet babbler barbet bateleur becard bittern blackbird
  blackcap bluebird bluethroat bobolink bobwhite brambling brant broadbill bullfinch bunting
  buzzard cacique canary canvasback caracara cardinal cassowary chaffinch chickadee chiffchaff
  chukar cockatiel coot corncrake coucal courser cowbird crake crane crossbill crow cuckoo
  curassow curlew currawong dabchick darter dipper diver dotterel dove drongo duck dunlin
  dunnock eagle egret eider emu euphonia falcon fantail fernbird fieldfare finch firecrest
  firefinch flicker flycatcher francolin frogmouth fulmar gadwall gallinule gannet garganey
  gnatcatcher godwit goldcrest goldeneye goosander goose goshawk grackle grebe greenfinch
  greenshank grosbeak grouse guan guillemot guineafowl gyrfalcon hamerkop harrier hawfinch hawk
  heron hoatzin hobby honeyeater honeyguide hoopoe hornbill hummingbird ibis jabiru jacamar
  jacana jackdaw jay junglefowl kakapo kestrel killdeer kingbird kingfisher kinglet kiskadee
  kite kittiwake kiwi koel lanner lapwing lark linnet longbill longclaw longspur loon lovebird
  lyrebird macaw magpie mallard martin meadowlark merganser merlin minivet mockingbird motmot
  munia murre murrelet myna nene nighthawk nightingale nightjar noddy nutcracker nuthatch
  openbill ostrich ovenbird owl oystercatcher palila parakeet pardalote parrot parula pelican
  penguin petrel pewee phalarope pheasant phoebe pigeon pintail pipit pitta plover pochard
  poorwill potoo prinia prion ptarmigan puffin quail quetzal rail raven razorbill redpoll
  redshank redstart roadrunner robin rook rosefinch rosella ruff sanderling sandgrouse sandpiper
  scaup scoter seedeater serin shearwater shoveler shrike silvereye siskin skua skylark smew
  solitaire sora sparrow spoonbill starling stilt stint stork sunbird swallow swan tanager
  tattler tern thornbill thrasher tinamou tody toucan towhee treecreeper trumpeter turaco
  turnstone verdin vireo wagtail warbler waxbill waxwing weaver weka wheatear whimbrel whinchat
  whistler wigeon willet woodpecker wren wryneck yellowhammer
`
  .trim()
  .split(/\s+/);
